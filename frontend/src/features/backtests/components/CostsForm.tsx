import { WarningFilled } from "@ant-design/icons";
import { Input, Select, Space } from "antd";
import { Fragment } from "react";

import { useLanguage } from "@/app/i18n/local";

import { backtestTexts } from "../i18n";
import { relaxedRules, SLIPPAGE_START, type Adjustment, type BacktestDraft, type DraftField, type Faults, type FillMode, type SlippageKind } from "../logic/form";
import { Field } from "./Field";
import { RulesForm } from "./RulesForm";

interface CostsFormProps {
  draft: BacktestDraft;
  faults: Faults;
  onChange: (change: Partial<BacktestDraft>) => void;
}

type AmountField = "commission" | "commissionMin";
type DutyField = "stampDuty" | "transferFee";
const UNITS = { commission: "permyriad", commissionMin: "yuan", stampDuty: "percent", transferFee: "permyriad" } as const satisfies Record<AmountField | DutyField, string>;
const AMOUNTS: readonly AmountField[] = ["commission", "commissionMin"];
const DUTIES: readonly DutyField[] = ["stampDuty", "transferFee"];
const ADJUSTMENTS: readonly Adjustment[] = ["qfq", "hfq", "none"];
const FILLS: readonly FillMode[] = ["next_open", "next_average", "same_close"];
const SLIPPAGE_UNITS = { percent: "slippagePercent", ticks: "slippageTicks", impact: "slippageImpact" } as const;

/** Costs and fill rules: folded, because the defaults are the exchange's own rules and a common broker rate. */
export function CostsForm({ draft, faults, onChange }: CostsFormProps) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const faultText = (field: DraftField) => {
    const fault = faults[field];
    return fault === undefined ? undefined : t(fault);
  };
  /** Inside the field; a rate per ten thousand stands as each market's people write it. */
  const unitOf = (unit: (typeof UNITS)[AmountField | DutyField]) => {
    if (unit === "permyriad") return language === "zh" ? { prefix: "万" } : { suffix: "bp" };
    return { suffix: unit === "percent" ? "%" : t("yuan") };
  };
  const relaxed = relaxedRules(draft).map((name) => t(name));
  const facts = [
    t(`fill.${draft.fill}`),
    `${t("commission")} ${t("ratePermyriad", { figure: draft.commission })}`,
    `${t("slippage")} ${draft.slippage} ${t(SLIPPAGE_UNITS[draft.slippageKind])}`,
    t(`adjustment.${draft.adjustment}`),
    relaxed.length === 0 ? t("exchangeRulesOn") : t("exchangeRulesOff", { names: relaxed.join(t("listComma")) }),
  ];
  const broken = [...AMOUNTS, ...DUTIES, "slippage" as const, "volumeShare" as const].some((field) => faults[field] !== undefined);

  return (
    <details className="expert" {...(broken ? { open: true } : {})}>
      <summary>
        {t("expert")}{" "}
        <span className="expert-summary">
          {/* A line breaks between the facts, never inside of one. */}
          {facts.map((fact, index) => (
            <Fragment key={fact}>
              {index > 0 && " · "}
              <span className="nowrap">{fact}</span>
            </Fragment>
          ))}
        </span>
      </summary>
      <div>
        <Field
          label={t("fill")}
          help={
            draft.fill === "same_close" ? (
              <span className="form-warning">
                <WarningFilled aria-hidden /> {t("fillHelp.same_close")}
              </span>
            ) : (
              t(`fillHelp.${draft.fill}`)
            )
          }
        >
          {(props) => (
            <Select<FillMode> {...props} value={draft.fill} onChange={(fill) => onChange({ fill })} options={FILLS.map((value) => ({ value, label: t(`fill.${value}`) }))} />
          )}
        </Field>
        <div className="form-pair">
          {AMOUNTS.map((field) => (
            <Field key={field} label={t(field)} help={t(`${field}Help`)} fault={faultText(field)}>
              {(props) => (
                <Input {...props} inputMode="decimal" value={draft[field]} {...unitOf(UNITS[field])} onChange={(event) => onChange({ [field]: event.target.value })} />
              )}
            </Field>
          ))}
        </div>
        <div className="form-pair">
          {DUTIES.map((field) => {
            const own = draft[`${field}Own`];
            return (
              <Field key={field} label={t(field)} help={t(own ? `${field}Help` : `${field}Day`)} fault={faultText(field)}>
                {({ id, ...props }) => (
                  <Space.Compact block>
                    <Select<"day" | "own">
                      id={id}
                      style={{ width: own ? 76 : "100%" }}
                      popupMatchSelectWidth={false}
                      value={own ? "own" : "day"}
                      onChange={(chosen) => onChange({ [`${field}Own`]: chosen === "own" })}
                      options={[
                        { value: "day", label: t("ofTheDay") },
                        { value: "own", label: t("ownRate") },
                      ]}
                    />
                    {own && (
                      <Input
                        {...props}
                        aria-label={`${t(field)} ${t("ownRate")}`}
                        inputMode="decimal"
                        value={draft[field]}
                        {...unitOf(UNITS[field])}
                        onChange={(event) => onChange({ [field]: event.target.value })}
                      />
                    )}
                  </Space.Compact>
                )}
              </Field>
            );
          })}
        </div>
        <Field label={t("slippage")} help={t(`slippageHelp.${draft.slippageKind}`)} fault={faultText("slippage")}>
          {({ id, ...props }) => (
            <Space.Compact block>
              <Input id={id} {...props} inputMode="decimal" value={draft.slippage} onChange={(event) => onChange({ slippage: event.target.value })} />
              <Select<SlippageKind>
                aria-label={t("unit")}
                style={{ width: 104 }}
                value={draft.slippageKind}
                onChange={(slippageKind) => onChange({ slippageKind, slippage: SLIPPAGE_START[slippageKind] })}
                options={(["percent", "ticks", "impact"] as const).map((value) => ({ value, label: t(SLIPPAGE_UNITS[value]) }))}
              />
            </Space.Compact>
          )}
        </Field>
        <Field label={t("adjustment")} help={t(`adjustmentHelp.${draft.adjustment}`)}>
          {(props) => (
            <Select<Adjustment> {...props} value={draft.adjustment} onChange={(adjustment) => onChange({ adjustment })} options={ADJUSTMENTS.map((value) => ({ value, label: t(`adjustment.${value}`) }))} />
          )}
        </Field>
        <RulesForm draft={draft} fault={faultText("volumeShare")} onChange={onChange} />
      </div>
    </details>
  );
}
