import { SettingOutlined } from "@ant-design/icons";
import { Button, Input, Popover } from "antd";
import { useId, useState, type SyntheticEvent } from "react";

import { localText, useLanguage } from "@/app/i18n/local";

import type { IndicatorInfo } from "../api";
import { marketTexts } from "../i18n";
import { parametersOf, readPeriods, valueProblem, type ParameterValue } from "../logic/indicators";
import { useMarketPrefs } from "../store";

/** Change an indicator's parameters. */
export function ParametersButton({ info }: { info: IndicatorInfo }) {
  const t = marketTexts.useText();
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const name = localText(info, "label", language);
  const label = t("editParameters", { name });
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      title={label}
      content={<ParametersForm info={info} onDone={() => setOpen(false)} />}
    >
      <button type="button" aria-label={label} title={label}>
        <SettingOutlined aria-hidden />
      </button>
    </Popover>
  );
}

const asText = (value: ParameterValue): string => (Array.isArray(value) ? value.join(", ") : String(value));

function ParametersForm({ info, onDone }: { info: IndicatorInfo; onDone: () => void }) {
  const t = marketTexts.useText();
  const language = useLanguage();
  const id = useId();
  const changed = useMarketPrefs(({ parameters }) => parameters[info.key]);
  const setParameters = useMarketPrefs((prefs) => prefs.setParameters);
  const [texts, setTexts] = useState(() =>
    Object.fromEntries(Object.entries(parametersOf(info, changed)).map(([name, value]) => [name, asText(value)])),
  );

  const read = info.parameters.map((parameter) => {
    const text = texts[parameter.name] ?? "";
    const list = readPeriods(text);
    const value: ParameterValue | null = parameter.kind === "ints" ? (list ?? [Number.NaN]) : text.trim() === "" ? null : Number(text);
    const tooMany = Array.isArray(value) && value.length > 6;
    const problem = tooMany ? "range" : valueProblem(parameter, value);
    return { parameter, text, value, problem };
  });

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (read.some(({ problem }) => problem !== null)) return;
    setParameters(info.key, Object.fromEntries(read.flatMap(({ parameter, value }) => (value === null ? [] : [[parameter.name, value]]))));
    onDone();
  };

  return (
    <form className="parameters-form" onSubmit={submit} noValidate>
      {read.map(({ parameter, text, problem }) => (
        <div key={parameter.name} className="form-field">
          <label htmlFor={`${id}-${parameter.name}`}>{localText(parameter, "label", language)}</label>
          <Input
            id={`${id}-${parameter.name}`}
            value={text}
            inputMode={parameter.kind === "ints" ? "text" : "decimal"}
            onChange={(event) => setTexts({ ...texts, [parameter.name]: event.target.value })}
            aria-invalid={problem !== null}
            aria-describedby={`${id}-${parameter.name}-note`}
            {...(problem === null ? {} : { status: "error" as const })}
          />
          <div id={`${id}-${parameter.name}-note`} className={problem === null ? "form-help" : "form-error"}>
            {problem === "missing" && t("parameterMissing")}
            {problem === "whole" && t("parameterWhole")}
            {(problem === null || problem === "range") &&
              t("parameterRange", { minimum: parameter.minimum, maximum: parameter.maximum })}
            {parameter.kind === "ints" && ` · ${t("parameterList")}`}
          </div>
        </div>
      ))}
      <div className="parameters-actions">
        <Button
          onClick={() => {
            setParameters(info.key, null);
            onDone();
          }}
        >
          {t("defaults")}
        </Button>
        <Button type="primary" htmlType="submit" disabled={read.some(({ problem }) => problem !== null)}>
          {t("apply")}
        </Button>
      </div>
    </form>
  );
}
