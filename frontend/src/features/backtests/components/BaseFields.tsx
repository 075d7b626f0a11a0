import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";

import { summaryQuery } from "@/features/data/api";

import { backtestTexts } from "../i18n";
import { presetRange, RANGE_PRESETS } from "../logic/dates";
import { normalise } from "../logic/decimals";
import type { BacktestDraft, DraftField } from "../logic/form";
import { DayInput } from "./DayInput";
import { Field } from "./Field";
import { BenchmarkPicker, SymbolsPicker } from "./SymbolsPicker";
import "./form.css";

interface BaseFieldsProps {
  draft: BacktestDraft;
  /** What is wrong with a field, in words; `empty` says that nothing is filled in yet. */
  faultText: (field: DraftField, empty?: boolean) => string | undefined;
  onChange: (change: Partial<BacktestDraft>) => void;
}

/** What is traded, when, and with how much money: the first fields of any form that starts runs. */
export function BaseFields({ draft, faultText, onChange }: BaseFieldsProps) {
  const t = backtestTexts.useText();
  const { data: stored } = useQuery(summaryQuery);
  const dataEnd = stored?.last ?? null;
  return (
    <>
      <SymbolsPicker value={draft.symbols} onChange={(symbols) => onChange({ symbols })} fault={faultText("symbols", draft.symbols.length === 0)} />
      <fieldset className="form-group">
        <legend className="visually-hidden">{t("range")}</legend>
        <div className="form-pair">
          <Field label={t("start")} fault={faultText("start", draft.start === "")}>
            {(props) => <DayInput {...props} value={draft.start} onChange={(start) => onChange({ start })} />}
          </Field>
          <Field label={t("end")} fault={faultText("end", draft.end === "")}>
            {(props) => <DayInput {...props} value={draft.end} onChange={(end) => onChange({ end })} />}
          </Field>
        </div>
        <div className="presets">
          {RANGE_PRESETS.map((preset) => (
            <Button key={preset} size="small" disabled={dataEnd === null} onClick={() => dataEnd !== null && onChange(presetRange(preset, dataEnd))}>
              {t(`range.${preset}`)}
            </Button>
          ))}
        </div>
      </fieldset>
      <div className="form-pair">
        <Field label={t("cash")} fault={faultText("cash")}>
          {(props) => (
            <Input
              {...props}
              inputMode="decimal"
              value={draft.cash}
              suffix={t("yuan")}
              onChange={(event) => onChange({ cash: event.target.value })}
              onBlur={() => onChange({ cash: normalise(draft.cash) ?? draft.cash })}
            />
          )}
        </Field>
        <BenchmarkPicker value={draft.benchmark} onChange={(benchmark) => onChange({ benchmark })} fault={faultText("benchmark")} />
      </div>
    </>
  );
}
