import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useMemo } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";

import { backtestQuery, strategyNamesQuery } from "@/features/backtests/api";
import { Field } from "@/features/backtests/components/Field";
import { readRunDraft } from "@/features/backtests/logic/drafts";
import { fromSpec } from "@/features/backtests/logic/form";
import { useRecent } from "@/features/backtests/logic/recent";
import { inspectionQuery, recentVersionsQuery, strategyQuery, versionQuery } from "@/features/strategies/api";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { optimisationQuery, useCreateOptimisation } from "../api";
import { OptimiseForm } from "../components/OptimiseForm";
import { optimisationTexts } from "../i18n";
import { draftOf, startDraft } from "../logic/plan";

/** A new optimisation: of a strategy (`strategy`, `version`), with the settings of a backtest (`backtest`) or of one made before (`from`). */
export default function NewOptimisationPage() {
  const t = optimisationTexts.useText();
  const [search, setSearch] = useSearchParams();
  const fromId = search.get("from");
  const backtestId = search.get("backtest");
  const from = useQuery({ ...optimisationQuery(fromId ?? ""), enabled: fromId !== null });
  const backtest = useQuery({ ...backtestQuery(backtestId ?? ""), enabled: backtestId !== null });
  const source = from.data ?? backtest.data;
  const strategyId = search.get("strategy") ?? source?.strategy_id ?? null;
  const waiting = (fromId !== null && from.isPending) || (backtestId !== null && backtest.isPending);
  const names = useQuery(strategyNamesQuery);
  const strategy = useQuery({ ...strategyQuery(strategyId ?? ""), enabled: strategyId !== null });
  const asked = Number(search.get("version") ?? source?.version ?? Number.NaN);
  const version = Number.isInteger(asked) && asked > 0 ? asked : strategy.data?.version;
  const versions = useQuery({ ...recentVersionsQuery(strategyId ?? ""), enabled: strategyId !== null });

  const initial = useMemo(() => {
    if (from.data !== undefined) return draftOf(from.data);
    return backtest.data === undefined ? null : fromSpec(backtest.data.spec);
  }, [from.data, backtest.data]);

  const body = () => {
    const failed = [from, backtest, strategy].find((query) => query.isError);
    if (failed !== undefined) return <ErrorPanel title={t("newError")} error={failed.error} onRetry={() => void failed.refetch()} />;
    if (waiting) return <Loading height={480} />;
    if (strategyId === null) return <Empty title={t("pickStrategy")}>{t("pickStrategyText")}</Empty>;
    if (strategy.data === undefined || version === undefined) return <Loading height={480} />;
    const settings = initial !== null && "base" in initial ? initial : null;
    const base = initial !== null && !("base" in initial) ? initial : readRunDraft(strategyId);
    return (
      <OfVersion
        key={`${strategyId} ${version} ${fromId} ${backtestId}`}
        strategyId={strategyId}
        version={version}
        latest={strategy.data.version === version ? strategy.data.inspection.parameters : null}
        start={(parameters) => settings ?? startDraft(base, parameters)}
      />
    );
  };
  const change = (next: Record<string, string>) => setSearch({ ...Object.fromEntries(search), ...next }, { replace: true });

  return (
    <Page title={t("newTitle")} extra={<Link to="/backtests/optimisations">{t("toList")}</Link>}>
      <p className="soft intro">{t("newText")}</p>
      <section className="panel panel-body form-pair strategy-choice">
        <Field label={t("strategy")}>
          {(props) => (
            <Select
              {...props}
              showSearch={{ optionFilterProp: "label" }}
              value={strategyId}
              placeholder={t("pickStrategy")}
              onChange={(id: string) => setSearch({ strategy: id }, { replace: true })}
              options={(names.data ?? (strategy.data === undefined ? [] : [strategy.data])).map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
        </Field>
        <Field label={t("versionLabel")}>
          {(props) => (
            <Select
              {...props}
              value={version ?? null}
              disabled={strategyId === null}
              onChange={(number) => change({ version: String(number) })}
              options={(versions.data?.items ?? (version === undefined ? [] : [{ number: version, message: "" }])).map(({ number, message }) => ({ value: number, label: message === "" ? `v${number}` : `v${number} · ${message}` }))}
            />
          )}
        </Field>
      </section>
      {body()}
    </Page>
  );
}

interface OfVersionProps {
  strategyId: string;
  version: number;
  /** The parameters of the latest version; null where another is asked for. */
  latest: Parameters<typeof startDraft>[1] | null;
  start: (parameters: Parameters<typeof startDraft>[1]) => ReturnType<typeof startDraft>;
}

function OfVersion({ strategyId, version, latest, start }: OfVersionProps) {
  const t = optimisationTexts.useText();
  const navigate = useNavigate();
  const older = useQuery({ ...versionQuery(strategyId, version), enabled: latest === null });
  const code = older.data?.code ?? "";
  const inspected = useQuery({ ...inspectionQuery(code), enabled: code !== "" });
  const create = useCreateOptimisation();
  const remember = useRecent((state) => state.use);
  const parameters = latest ?? inspected.data?.parameters;
  const failed = [older, inspected].find((query) => query.isError);
  if (failed !== undefined) return <ErrorPanel title={t("newError")} error={failed.error} onRetry={() => void failed.refetch()} />;
  if (parameters === undefined) return <Loading height={480} />;
  return (
    <OptimiseForm
      strategyId={strategyId}
      version={version}
      parameters={parameters}
      initial={start(parameters)}
      busy={create.isPending}
      error={create.error}
      onStart={(plan) =>
        create.mutate(
          { ...plan, name: "" },
          {
            onSuccess: ({ id }) => {
              remember(plan.spec.symbols);
              void navigate(`/backtests/optimisations/${id}`);
            },
          },
        )
      }
    />
  );
}
