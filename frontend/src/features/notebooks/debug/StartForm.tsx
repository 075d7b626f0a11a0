import { Select } from "antd";
import { useId } from "react";

import { DayInput } from "@/features/backtests/components/DayInput";

import { debugTexts } from "./i18n";
import type { Chosen, Settings } from "./logic/settings";

/** What the strategy is debugged with. */
export function StartForm({ settings, onChange }: { settings: Settings; onChange: (chosen: Chosen) => void }) {
  const t = debugTexts.useText();
  const id = useId();
  const { symbols, known, start, end, fault } = settings;
  return (
    <div className="debug-start">
      <Select
        size="small"
        mode="multiple"
        aria-label={t("symbols")}
        placeholder={t("symbols")}
        maxTagCount="responsive"
        maxCount={50}
        value={[...symbols]}
        options={[...new Set([...known, ...symbols])].map((value) => ({ value, label: value }))}
        onChange={(value: string[]) => onChange({ symbols: value })}
      />
      <div className="debug-dates" role="group" aria-label={t("period")}>
        <label className="visually-hidden" htmlFor={`${id}-from`}>
          {t("from")}
        </label>
        <DayInput id={`${id}-from`} aria-describedby={`${id}-hint`} value={start} onChange={(day) => onChange({ start: day })} />
        <label className="visually-hidden" htmlFor={`${id}-to`}>
          {t("to")}
        </label>
        <DayInput id={`${id}-to`} aria-describedby={`${id}-hint`} value={end} onChange={(day) => onChange({ end: day })} />
      </div>
      <span id={`${id}-hint`} className={fault === null ? "soft" : "danger"}>{t(fault ?? "asSettings")}</span>
    </div>
  );
}
