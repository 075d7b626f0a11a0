import { useQuery } from "@tanstack/react-query";
import { PlayCircleFilled } from "@ant-design/icons";
import { Alert, Button, Input, Segmented, Select, Switch } from "antd";
import { useMemo, useState } from "react";

import { ApiError, explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";
import { BaseFields } from "@/features/backtests/components/BaseFields";
import { CostsForm } from "@/features/backtests/components/CostsForm";
import { Field } from "@/features/backtests/components/Field";
import { backtestTexts } from "@/features/backtests/i18n";
import { withDefaults } from "@/features/backtests/logic/defaults";
import { draftField, type DraftField, type Parameter } from "@/features/backtests/logic/form";
import { useRecent } from "@/features/backtests/logic/recent";
import { summaryQuery } from "@/features/data/api";
import { useDebounced } from "@/ui/useDebounced";

import { estimateQuery, type SearchPlan } from "../api";
import { optimisationTexts } from "../i18n";
import { OBJECTIVES } from "../logic/metric";
import { baseFaults, planFaults, planField, toPlan, type PlanDraft, type PlanField, type SearchKind } from "../logic/plan";
import { RangeRow } from "./RangeRow";
import { useFigureNames } from "./useFigureNames";
import "./optimisations.css";

const ESTIMATE_MS = 500;
/** Longer than this, the cost is said as a warning. */
const LONG_S = 1800;
const KINDS: readonly SearchKind[] = ["grid", "random", "tpe"];

interface OptimiseFormProps {
  strategyId: string;
  version: number;
  parameters: readonly Parameter[];
  initial: PlanDraft;
  onStart: (plan: SearchPlan) => void;
  busy: boolean;
  /** Why the last attempt was refused. */
  error: unknown;
}

/** What an optimisation needs to know, and what it will cost before it starts. */
export function OptimiseForm({ strategyId, version, parameters, initial, onStart, busy, error }: OptimiseFormProps) {
  const t = optimisationTexts.useText();
  const tb = backtestTexts.useText();
  const language = useLanguage();
  const figureName = useFigureNames();
  const [draft, setDraft] = useState(initial);
  const [tried, setTried] = useState(false);
  const set = (change: Partial<PlanDraft>) => setDraft((known) => ({ ...known, ...change }));

  const { data: stored } = useQuery(summaryQuery);
  const recent = useRecent((state) => state.symbols);
  const [filled, setFilled] = useState(false);
  if (stored !== undefined && !filled) {
    setFilled(true);
    set({ base: withDefaults(draft.base, stored, recent) });
  }

  const faults = useMemo(() => planFaults(draft), [draft]);
  const runFaults = useMemo(() => baseFaults(draft, parameters), [draft, parameters]);
  const sound = Object.keys(faults).length === 0 && Object.keys(runFaults).length === 0;
  const plan = useMemo(() => (sound ? toPlan(draft, strategyId, version, parameters) : null), [sound, draft, strategyId, version, parameters]);
  const asked = useDebounced(plan, ESTIMATE_MS);
  const estimate = useQuery(estimateQuery(asked));
  const settled = asked === plan && !estimate.isFetching;

  const refusal = error ?? (settled ? estimate.error : null);
  const refused = new Map<string, string>();
  for (const { field, message } of refusal instanceof ApiError ? refusal.fields : []) {
    const name = planField(field) ?? draftField(field);
    if (name !== null) refused.set(name, message);
  }
  const faultText = (field: PlanField): string | undefined => {
    const fault = faults[field];
    if (fault !== undefined) return t(fault);
    return refused.get(field);
  };
  const runFault = (field: DraftField, empty = false) => {
    const fault = runFaults[field];
    if (fault !== undefined && (tried || !empty)) return tb(fault);
    return refused.get(field);
  };

  const start = () => {
    setTried(true);
    if (busy || plan === null) return;
    onStart(plan);
  };
  const text = (field: "trials" | "minRoundTrips" | "trainDays" | "testDays" | "embargoDays", help?: string) => (
    <Field label={t(field)} help={help} fault={faultText(field)}>
      {(props) => <Input {...props} inputMode="numeric" value={draft[field]} suffix={t(`${field}Unit`)} onChange={(event) => set({ [field]: event.target.value })} />}
    </Field>
  );

  return (
    <form
      className="optimise-form"
      aria-label={t("newTitle")}
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <section className="panel">
        <div className="panel-title">
          <h2>{t("paramsTitle")}</h2>
        </div>
        <div className="panel-body range-rows">
          {parameters.length === 0 && <Alert type="warning" showIcon title={t("paramsNone")} />}
          {parameters.map((parameter) => (
            <RangeRow
              key={parameter.name}
              parameter={parameter}
              range={draft.ranges[parameter.name] ?? null}
              fixed={draft.base.params[parameter.name]}
              fixedFault={runFault(`params.${parameter.name}`)}
              faultText={faultText}
              onRange={(range) => {
                const others = Object.entries(draft.ranges).filter(([name]) => name !== parameter.name);
                const all = range === null ? others : [...others, [parameter.name, range] as const];
                // In the order of the code, whichever was switched on last.
                const order = parameters.map(({ name }) => name);
                set({ ranges: Object.fromEntries(all.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))) });
              }}
              onFixed={(value) => {
                const others = Object.entries(draft.base.params).filter(([name]) => name !== parameter.name);
                set({ base: { ...draft.base, params: Object.fromEntries(value === undefined ? others : [...others, [parameter.name, value]]) } });
              }}
            />
          ))}
          {faultText("ranges") !== undefined && (
            <p className="field-note field-fault" role="alert">
              {faultText("ranges")}
            </p>
          )}
        </div>
      </section>

      <section className="panel">
        <div className="panel-title">
          <h2>{t("searchTitle")}</h2>
        </div>
        <div className="panel-body form-stack">
          <Field label={t("searchKind")} help={t(`searchHelp.${draft.search}`)}>
            {() => <Segmented<SearchKind> aria-label={t("searchKind")} value={draft.search} onChange={(search) => set({ search })} options={KINDS.map((kind) => ({ value: kind, label: t(`search.${kind}`) }))} />}
          </Field>
          <div className="form-pair">
            {draft.search !== "grid" && text("trials")}
            <Field label={t("objective")} help={t("objectiveHelp")}>
              {(props) => <Select {...props} value={draft.metric} onChange={(metric) => set({ metric })} options={OBJECTIVES.map((metric) => ({ value: metric, label: figureName(metric) }))} />}
            </Field>
            {text("minRoundTrips", t("minRoundTripsHelp"))}
          </div>
          <Field label={t("walkForward")} help={t("walkForwardHelp")} extra={<Switch size="small" aria-label={t("walkForward")} checked={draft.walkForward} onChange={(walkForward) => set({ walkForward })} />}>
            {() => null}
          </Field>
          {draft.walkForward && (
            <div className="form-pair">
              {text("trainDays")}
              {text("testDays")}
              {text("embargoDays", t("embargoDaysHelp"))}
              <Field label={t("window")} help={t(draft.anchored ? "anchoredHelp" : "rollingHelp")}>
                {() => (
                  <Segmented<boolean>
                    aria-label={t("window")}
                    value={draft.anchored}
                    onChange={(anchored) => set({ anchored })}
                    options={[
                      { value: false, label: t("rolling") },
                      { value: true, label: t("anchored") },
                    ]}
                  />
                )}
              </Field>
            </div>
          )}
        </div>
      </section>

      <section className="panel">
        <div className="panel-title">
          <h2>{t("runsTitle")}</h2>
        </div>
        <div className="panel-body form-stack">
          <BaseFields draft={draft.base} faultText={runFault} onChange={(change) => set({ base: { ...draft.base, ...change } })} />
          <CostsForm draft={draft.base} faults={runFaults} onChange={(change) => set({ base: { ...draft.base, ...change } })} />
        </div>
      </section>

      <div className="optimise-start">
        {error !== null && error !== undefined && <Alert type="error" showIcon title={t("startFailed")} description={explain(error).message} />}
        <div className="cost" role="status" aria-live="polite">
          {plan === null ? (
            <span className="soft">{t("costIncomplete")}</span>
          ) : settled && estimate.isError ? (
            <span className="danger">{explain(estimate.error).message}</span>
          ) : estimate.data === undefined || !settled ? (
            <span className="soft">{t("costAsking")}</span>
          ) : (
            <strong className={estimate.data.seconds > LONG_S ? "form-warning" : undefined}>{estimate.data.words[language]}</strong>
          )}
        </div>
        <Button type="primary" htmlType="submit" icon={<PlayCircleFilled aria-hidden />} loading={busy} disabled={parameters.length === 0}>
          {t("start")}
        </Button>
      </div>
    </form>
  );
}
