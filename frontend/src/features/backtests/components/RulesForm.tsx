import { Input, Select, Switch } from "antd";

import { backtestTexts } from "../i18n";
import type { BacktestDraft, RightsIssues } from "../logic/form";
import { Field } from "./Field";

interface RulesFormProps {
  draft: BacktestDraft;
  /** What is wrong with the volume share, in words. */
  fault: string | undefined;
  onChange: (change: Partial<BacktestDraft>) => void;
}

const SWITCHES = ["priceLimits", "settlement", "dividendTax", "wholeLots"] as const;

/** The exchange's rules, all in force; each can be switched off to see what it costs. */
export function RulesForm({ draft, fault, onChange }: RulesFormProps) {
  const t = backtestTexts.useText();
  return (
    <fieldset className="form-group">
      <legend>{t("exchangeRules")}</legend>
      {SWITCHES.map((name) => (
        <Field
          key={name}
          label={t(name)}
          help={t(`${name}Help`)}
          extra={<Switch size="small" aria-label={t(name)} checked={draft[name]} onChange={(on) => onChange({ [name]: on })} />}
        >
          {() => null}
        </Field>
      ))}
      <Field
        label={t("volumeBound")}
        help={draft.volumeBound ? t("volumeBoundHelp") : <span className="form-warning">{t("volumeBoundOff")}</span>}
        fault={fault}
        extra={<Switch size="small" aria-label={t("volumeBound")} checked={draft.volumeBound} onChange={(volumeBound) => onChange({ volumeBound })} />}
      >
        {(props) => (
          <Input
            {...props}
            inputMode="decimal"
            suffix="%"
            disabled={!draft.volumeBound}
            value={draft.volumeShare}
            onChange={(event) => onChange({ volumeShare: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("rightsIssues")} help={t("rightsIssuesHelp")}>
        {(props) => (
          <Select<RightsIssues>
            {...props}
            value={draft.rightsIssues}
            onChange={(rightsIssues) => onChange({ rightsIssues })}
            options={(["skip", "take"] as const).map((value) => ({ value, label: t(`rightsIssues.${value}`) }))}
          />
        )}
      </Field>
    </fieldset>
  );
}
