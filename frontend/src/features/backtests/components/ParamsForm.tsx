import { UndoOutlined } from "@ant-design/icons";
import { Button, Input, Select, Slider, Switch } from "antd";

import { backtestTexts } from "../i18n";
import type { BacktestDraft, DraftField, Faults, Parameter } from "../logic/form";
import { moved, stepOf, written } from "../logic/paramSteps";
import { Field } from "./Field";

interface ParamsFormProps {
  parameters: readonly Parameter[];
  values: BacktestDraft["params"];
  faults: Faults;
  /** What the server said of a field, in its own words. */
  refused: ReadonlyMap<DraftField, string>;
  onChange: (values: BacktestDraft["params"]) => void;
}

/** The form that a strategy's `params` make. */
export function ParamsForm({ parameters, values, faults, refused, onChange }: ParamsFormProps) {
  const t = backtestTexts.useText();
  if (parameters.length === 0) return <p className="soft">{t("paramsNone")}</p>;

  const set = (name: string, value: string | boolean | undefined) => {
    const others = Object.entries(values).filter(([known]) => known !== name);
    onChange(Object.fromEntries(value === undefined ? others : [...others, [name, value]]));
  };

  return (
    <div className="form-pair">
      {parameters.map((parameter) => {
        const { name, type, default: initial, choices, help, minimum, maximum } = parameter;
        const original = typeof initial === "boolean" ? initial : String(initial ?? "");
        const value = type === "other" ? original : (values[name] ?? original);
        const fault = faults[`params.${name}`];
        const range =
          minimum != null || maximum != null ? t("paramRange", { low: minimum ?? "−∞", high: maximum ?? "∞" }) : null;
        const changed = value !== original;
        const note = [help, range, changed ? t("paramDefault", { value: String(original) }) : null, type === "other" ? t("paramInCode") : null].filter(Boolean).join(" · ");
        return (
          <Field
            key={name}
            label={name}
            fault={fault === undefined ? refused.get(`params.${name}`) : [t(fault), range].filter(Boolean).join(" · ")}
            help={note === "" ? undefined : note}
            extra={
              changed && (
                <Button
                  size="small"
                  type="text"
                  icon={<UndoOutlined aria-hidden />}
                  aria-label={`${name}: ${t("paramReset")}`}
                  title={t("paramReset")}
                  onClick={() => set(name, undefined)}
                />
              )
            }
          >
            {(props) => {
              if (type === "bool") {
                return (
                  <div>
                    <Switch id={props.id} checked={value === true || value === "true"} onChange={(checked) => set(name, checked)} />
                  </div>
                );
              }
              if (choices != null && choices.length > 0) {
                return (
                  <Select
                    {...props}
                    value={String(value)}
                    onChange={(choice: string) => set(name, choice)}
                    options={choices.map((choice) => ({ value: String(choice), label: String(choice) }))}
                  />
                );
              }
              const step = stepOf(parameter);
              return (
                <>
                  <Input
                    {...props}
                    disabled={type === "other"}
                    value={String(value)}
                    inputMode={type === "int" ? "numeric" : type === "float" ? "decimal" : "text"}
                    onChange={(event) => set(name, event.target.value)}
                    onKeyDown={(event) => {
                      const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
                      if (by === undefined || step === null) return;
                      event.preventDefault();
                      set(name, moved(parameter, String(value), by));
                    }}
                  />
                  {step !== null && minimum != null && maximum != null && maximum > minimum && (
                    <Slider
                      className="param-slider"
                      ariaLabelForHandle={name}
                      min={minimum}
                      max={maximum}
                      step={step}
                      value={Math.min(Math.max(Number(value) || minimum, minimum), maximum)}
                      tooltip={{ formatter: (at) => (at === undefined ? "" : written(at, step)) }}
                      onChange={(at) => set(name, written(at, step))}
                    />
                  )}
                </>
              );
            }}
          </Field>
        );
      })}
    </div>
  );
}
