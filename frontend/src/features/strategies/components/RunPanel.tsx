import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useEffect, useState } from "react";

import { backtestQuery, useCreateBacktest, type Backtest } from "@/features/backtests/api";
import { BacktestForm } from "@/features/backtests/components/BacktestForm";
import { LiveRun } from "@/features/backtests/components/LiveRun";
import { readRunDraft, writeRunDraft } from "@/features/backtests/logic/drafts";
import { fromSpec, toSpec, type BacktestDraft, type Parameter } from "@/features/backtests/logic/form";
import { useRecent } from "@/features/backtests/logic/recent";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { strategyQuery } from "../api";
import { strategyTexts } from "../i18n";
import "./strategies.css";

interface RunPanelProps {
  strategyId: string;
  parameters: readonly Parameter[];
  blocked: string | undefined;
  /** Save what is unsaved; null when it could not be saved. */
  savedVersion: () => Promise<number | null>;
  /** The run shown, kept in the address so that it survives a reload. */
  runId: string | null;
  onRun: (backtest: Backtest) => void;
  /** A backtest whose settings fill the form. */
  fromId: string | null;
  /** Symbols brought along from another page; they take the place of those used last. */
  symbols: readonly string[];
  onGoTo: (line: number, file?: string) => void;
}

type Tab = "settings" | "result";

/** The dock at the right of the editor: settings of a backtest, and the run they made. */
export function RunPanel({ strategyId, parameters, blocked, savedVersion, runId, onRun, fromId, symbols, onGoTo }: RunPanelProps) {
  const t = strategyTexts.useText();
  const [tab, setTab] = useState<Tab>(runId === null ? "settings" : "result");
  const [draft, setDraft] = useState<BacktestDraft>(() => {
    const known = readRunDraft(strategyId);
    return symbols.length === 0 ? known : { ...known, symbols: [...symbols] };
  });
  const [saving, setSaving] = useState(false);
  const client = useQueryClient();
  const create = useCreateBacktest();
  const remember = useRecent((state) => state.use);
  const run = useQuery({ ...backtestQuery(runId ?? ""), enabled: runId !== null });
  const from = useQuery({ ...backtestQuery(fromId ?? ""), enabled: fromId !== null });

  const change = (next: BacktestDraft) => {
    setDraft(next);
    writeRunDraft(strategyId, next);
  };

  const [filledFrom, setFilledFrom] = useState<string | null>(null);
  if (from.data !== undefined && filledFrom !== from.data.id) {
    setFilledFrom(from.data.id);
    setDraft(fromSpec(from.data.spec));
    setTab("settings");
  }
  useEffect(() => {
    if (filledFrom !== null) writeRunDraft(strategyId, draft);
    // Once, when the form was filled from a backtest; later changes are kept as they are made.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [filledFrom]);

  const start = async () => {
    setSaving(true);
    const version = await savedVersion();
    setSaving(false);
    if (version === null) return;
    // Code typed a moment ago may have other parameters than the form still shows; saving has told them.
    const saved = client.getQueryData(strategyQuery(strategyId).queryKey);
    const declared = saved?.version === version ? saved.inspection.parameters : parameters;
    create.mutate(
      { strategy_id: strategyId, version, name: "", spec: toSpec(draft, declared) },
      {
        onSuccess: (backtest) => {
          remember(draft.symbols);
          onRun(backtest);
          setTab("result");
        },
      },
    );
  };

  const result = () => {
    if (runId === null) return <Empty title={t("noRun")}>{t("noRunText")}</Empty>;
    if (run.data !== undefined) return <LiveRun key={run.data.id} backtest={run.data} onGoTo={onGoTo} />;
    if (run.isError) return <ErrorPanel error={run.error} onRetry={() => void run.refetch()} />;
    return <Loading rows={8} />;
  };

  return (
    <section className="panel ide-panel" aria-label={t("panel")}>
      <div className="ide-panel-tabs">
        <Segmented<Tab>
          block
          value={tab}
          onChange={setTab}
          options={[
            { value: "settings", label: t("settings") },
            { value: "result", label: t("result") },
          ]}
        />
      </div>
      {/* Both stay mounted: the form keeps its keys, the run its log. */}
      <div className="ide-panel-body" hidden={tab !== "settings"}>
        <BacktestForm
          draft={draft}
          onChange={change}
          parameters={parameters}
          onRun={() => void start()}
          busy={saving || create.isPending}
          error={create.error}
          blocked={blocked}
        />
      </div>
      <div className="ide-panel-body" hidden={tab !== "result"}>
        {result()}
      </div>
    </section>
  );
}
