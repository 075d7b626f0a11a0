import { useQuery } from "@tanstack/react-query";
import { PlayCircleFilled } from "@ant-design/icons";
import { Alert, Button } from "antd";
import { useEffect, useEffectEvent, useState } from "react";

import { ApiError, explain } from "@/api/errors";
import { summaryQuery, type DataSummary } from "@/features/data/api";

import { backtestTexts } from "../i18n";
import { estimateTradingDays } from "../logic/dates";
import { withDefaults } from "../logic/defaults";
import { draftField, faultsOf, type BacktestDraft, type DraftField, type Parameter } from "../logic/form";
import { useRecent } from "../logic/recent";
import { BaseFields } from "./BaseFields";
import { CostsForm } from "./CostsForm";
import { ParamsForm } from "./ParamsForm";
import "./form.css";

interface BacktestFormProps {
  draft: BacktestDraft;
  onChange: (draft: BacktestDraft) => void;
  parameters: readonly Parameter[];
  /** Called only with a form without faults. */
  onRun: () => void;
  busy: boolean;
  /** Why the last attempt was refused. */
  error: unknown;
  /** Something outside of the form that keeps it from running, e.g. a syntax error. */
  blocked?: string | undefined;
}

/**
 * What a backtest needs to know, with sane values filled in.
 *
 * Alt+Enter runs it from anywhere on the page; outside of the code, where it runs a cell, Ctrl+Enter does so, too.
 */
export function BacktestForm({ draft, onChange, parameters, onRun, busy, error, blocked }: BacktestFormProps) {
  const t = backtestTexts.useText();
  const [tried, setTried] = useState(false);
  const faults = faultsOf(draft, parameters);
  const { data: stored } = useQuery(summaryQuery);
  const recent = useRecent((state) => state.symbols);
  const set = (change: Partial<BacktestDraft>) => onChange({ ...draft, ...change });

  const fill = useEffectEvent((summary: DataSummary) => {
    const filled = withDefaults(draft, summary, recent);
    if (filled !== draft) onChange(filled);
  });
  useEffect(() => {
    if (stored !== undefined) fill(stored);
  }, [stored]);

  const refused = error instanceof ApiError ? error.fields : [];
  const serverFaults = new Map<DraftField, string>();
  for (const { field, message } of refused) {
    const name = draftField(field);
    if (name !== null) serverFaults.set(name, message);
  }
  /** An empty field is only called wrong once the reader has tried to run. */
  const faultText = (field: DraftField, empty = false) => {
    const fault = faults[field];
    if (fault !== undefined && (tried || !empty)) return t(fault);
    return serverFaults.get(field);
  };

  const run = () => {
    setTried(true);
    if (busy || blocked !== undefined || Object.keys(faults).length > 0) return;
    onRun();
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey) return;
    const control = event.ctrlKey || event.metaKey;
    if (control === event.altKey) return;
    if (control && event.target instanceof Element && event.target.closest(".monaco-editor") !== null) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    // Before the editor sees the key: there it would insert a line.
    window.addEventListener("keydown", listener, { capture: true });
    return () => window.removeEventListener("keydown", listener, { capture: true });
  }, []);

  const days = estimateTradingDays(draft.start, draft.end);
  const shownParams = tried ? faults : Object.fromEntries(Object.entries(faults).filter(([field]) => field.startsWith("params.")));

  return (
    <form
      className="backtest-form"
      aria-label={t("title")}
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
    >
      <BaseFields draft={draft} faultText={faultText} onChange={set} />
      <fieldset className="form-group">
        <legend>{t("params")}</legend>
        <ParamsForm parameters={parameters} values={draft.params} faults={shownParams} refused={serverFaults} onChange={(params) => set({ params })} />
      </fieldset>
      <CostsForm draft={draft} faults={faults} onChange={set} />
      <div className="run-bar">
        {error !== null && error !== undefined && <Alert type="error" showIcon title={t("startFailed")} description={explain(error).message} />}
        {blocked !== undefined && <Alert type="warning" showIcon title={blocked} />}
        <Button type="primary" htmlType="submit" icon={<PlayCircleFilled aria-hidden />} loading={busy} block>
          {t(busy ? "starting" : "run")}
        </Button>
        <span className="soft">
          {days !== null && draft.symbols.length > 0 ? `${t("willRun", { symbols: draft.symbols.length, days: days.toLocaleString("en-US") })} · ` : ""}
          <kbd>{t("runKeys")}</kbd>
        </span>
      </div>
    </form>
  );
}
