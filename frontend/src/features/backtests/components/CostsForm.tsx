import { Input, Select, Space, Switch } from "antd";
import { Fragment } from "react";

import { useLanguage } from "@/app/i18n/local";

import { backtestTexts } from "../i18n";
import type { Adjustment, BacktestDraft, DraftField, Faults, SlippageKind } from "../logic/form";
import { Field } from "./Field";

interface CostsFormProps {
  draft: BacktestDraft;
  faults: Faults;
  onChange: (change: Partial<BacktestDraft>) => void;
}

type AmountField = "commission" | "commissionMin" | "stampDuty" | "transferFee";
const UNITS = { commission: "permyriad", commissionMin: "yuan", stampDuty: "percent", transferFee: "permyriad" } as const satisfies Record<AmountField, string>;
const AMOUNTS: readonly AmountField[] = ["commission", "commissionMin", "stampDuty", "transferFee"];
const ADJUSTMENTS: readonly Adjustment[] = ["qfq", "hfq", "none"];

/** Costs and fill rules: folded, because the defaults are today's A-share duties and a common broker rate. */
export function CostsForm({ draft, faults, onChange }: CostsFormProps) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const faultText = (field: DraftField) => {
    const fault = faults[field];
    return fault === undefined ? undefined : t(fault);
  };
  /** Inside the field; a rate per ten thousand stands as each market's people write it. */
  const unitOf = (unit: (typeof UNITS)[AmountField]) => {
    if (unit === "permyriad") return language === "zh" ? { prefix: "万" } : { suffix: "bp" };
    return { suffix: unit === "percent" ? "%" : t("yuan") };
  };
  const slippageUnit = draft.slippageKind === "percent" ? t("slippagePercent") : t("slippageTicks");
  const facts = [
    `${t("commission")} ${t("ratePermyriad", { figure: draft.commission })}`,
    `${t("stampDuty")} ${draft.stampDuty}%`,
    `${t("slippage")} ${draft.slippage} ${slippageUnit}`,
    t(`adjustment.${draft.adjustment}`),
  ];
  const broken = [...AMOUNTS, "slippage" as const].some((field) => faults[field] !== undefined);

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
        <div className="form-pair">
          {AMOUNTS.map((field) => {
            const unit = UNITS[field];
            return (
              <Field key={field} label={t(field)} help={t(`${field}Help`)} fault={faultText(field)}>
                {(props) => (
                  <Input
                    {...props}
                    inputMode="decimal"
                    value={draft[field]}
                    {...unitOf(unit)}
                    onChange={(event) => onChange({ [field]: event.target.value })}
                  />
                )}
              </Field>
            );
          })}
        </div>
        <Field label={t("slippage")} help={t("slippageHelp")} fault={faultText("slippage")}>
          {({ id, ...props }) => (
            <Space.Compact block>
              <Input
                id={id}
                {...props}
                inputMode="decimal"
                value={draft.slippage}
                onChange={(event) => onChange({ slippage: event.target.value })}
              />
              <Select<SlippageKind>
                aria-label={t("unit")}
                style={{ width: 88 }}
                value={draft.slippageKind}
                onChange={(slippageKind) => onChange({ slippageKind, slippage: slippageKind === "percent" ? "0.01" : "1" })}
                options={[
                  { value: "percent", label: t("slippagePercent") },
                  { value: "ticks", label: t("slippageTicks") },
                ]}
              />
            </Space.Compact>
          )}
        </Field>
        <Field label={t("adjustment")} help={t(`adjustmentHelp.${draft.adjustment}`)}>
          {(props) => (
            <Select<Adjustment>
              {...props}
              value={draft.adjustment}
              onChange={(adjustment) => onChange({ adjustment })}
              options={ADJUSTMENTS.map((value) => ({ value, label: t(`adjustment.${value}`) }))}
            />
          )}
        </Field>
        <Field
          label={t("wholeLots")}
          help={t("wholeLotsHelp")}
          extra={<Switch size="small" aria-label={t("wholeLots")} checked={draft.wholeLots} onChange={(wholeLots) => onChange({ wholeLots })} />}
        >
          {() => null}
        </Field>
      </div>
    </details>
  );
}
