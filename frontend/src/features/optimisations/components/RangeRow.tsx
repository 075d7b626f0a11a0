import { Button, Checkbox, Input, Segmented, Select, Switch } from "antd";

import { Field } from "@/features/backtests/components/Field";
import type { Parameter } from "@/features/backtests/logic/form";

import { optimisationTexts } from "../i18n";
import { choicesOf, isSearchable, startRange, type PlanField, type RangeDraft } from "../logic/plan";
import { valueText } from "../logic/trials";

interface RangeRowProps {
  parameter: Parameter;
  /** Null where the parameter stays fixed. */
  range: RangeDraft | null;
  /** The fixed value as typed; undefined is the strategy's own default. */
  fixed: string | boolean | undefined;
  fixedFault: string | undefined;
  faultText: (field: PlanField) => string | undefined;
  onRange: (range: RangeDraft | null) => void;
  onFixed: (value: string | boolean | undefined) => void;
}

/** One parameter: it stays at a value, or a range of values is searched. */
export function RangeRow({ parameter, range, fixed, fixedFault, faultText, onRange, onFixed }: RangeRowProps) {
  const t = optimisationTexts.useText();
  const { name, help, minimum, maximum } = parameter;
  const declared = minimum != null || maximum != null ? t("declared", { low: minimum ?? "−∞", high: maximum ?? "∞" }) : null;
  return (
    <div className="range-row" role="group" aria-label={name}>
      <div className="range-name">
        <code>{name}</code>
        <span className="soft">{[help, declared].filter(Boolean).join(" · ")}</span>
      </div>
      <Segmented<boolean>
        size="small"
        aria-label={t("modeOf", { name })}
        value={range !== null}
        disabled={!isSearchable(parameter)}
        onChange={(searched) => onRange(searched ? startRange(parameter) : null)}
        options={[
          { value: false, label: t("fixed") },
          { value: true, label: t("searched") },
        ]}
      />
      {range === null ? <Fixed parameter={parameter} value={fixed} fault={fixedFault} onChange={onFixed} /> : <Searched parameter={parameter} range={range} faultText={faultText} onChange={onRange} />}
    </div>
  );
}

interface FixedProps {
  parameter: Parameter;
  value: string | boolean | undefined;
  fault: string | undefined;
  onChange: (value: string | boolean | undefined) => void;
}

function Fixed({ parameter, value, fault, onChange }: FixedProps) {
  const t = optimisationTexts.useText();
  const { type, default: initial } = parameter;
  const choices = choicesOf(parameter);
  const original = typeof initial === "boolean" ? initial : String(initial ?? "");
  const shown = value ?? original;
  return (
    <div className="range-fields">
      <Field label={t("value")} fault={fault} extra={value !== undefined && value !== original && <Button size="small" type="text" onClick={() => onChange(undefined)}>{t("toDefault", { value: String(original) })}</Button>}>
        {(props) =>
          choices !== null ? (
            <Select
              {...props}
              value={String(shown)}
              onChange={(text: string) => onChange(type === "bool" ? text === "true" : text)}
              options={choices.map((choice) => ({ value: valueText(choice), label: valueText(choice) }))}
            />
          ) : (
            <Input {...props} disabled={type === "other"} value={String(shown)} onChange={(event) => onChange(event.target.value)} />
          )
        }
      </Field>
    </div>
  );
}

interface SearchedProps {
  parameter: Parameter;
  range: RangeDraft;
  faultText: (field: PlanField) => string | undefined;
  onChange: (range: RangeDraft) => void;
}

function Searched({ parameter, range, faultText, onChange }: SearchedProps) {
  const t = optimisationTexts.useText();
  const { name } = parameter;
  const choices = choicesOf(parameter);
  if (range.kind === "choice" && choices !== null) {
    return (
      <div className="range-fields">
        <Field label={t("values")} fault={faultText(`ranges.${name}.values`)}>
          {({ id, "aria-describedby": note }) => (
            <Checkbox.Group
              aria-describedby={note}
              {...{ id }}
              value={range.values}
              onChange={(values) => onChange({ ...range, values: choices.map(valueText).filter((text) => values.includes(text)) })}
              options={choices.map((choice) => ({ value: valueText(choice), label: valueText(choice) }))}
            />
          )}
        </Field>
      </div>
    );
  }
  const text = (field: "low" | "high" | "step", label: string) => (
    <Field label={label} fault={faultText(`ranges.${name}.${field}`)}>
      {(props) => (
        <Input
          {...props}
          inputMode={range.kind === "int" ? "numeric" : "decimal"}
          value={range[field]}
          disabled={field === "step" && range.log}
          {...(field === "step" && range.kind === "float" ? { placeholder: t("stepFree") } : {})}
          onChange={(event) => onChange({ ...range, [field]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <div className="range-fields">
      {text("low", t("low"))}
      {text("high", t("high"))}
      {text("step", t("step"))}
      {range.kind === "float" && (
        <Field label={t("log")}>{(props) => <div><Switch size="small" id={props.id} checked={range.log} onChange={(log) => onChange({ ...range, log, step: log ? "" : range.step })} /></div>}</Field>
      )}
    </div>
  );
}
