import { Input, Select } from "antd";

import { debugTexts } from "./i18n";
import type { Chosen, Settings } from "./logic/settings";

/** What the strategy is debugged with. */
export function StartForm({ settings, onChange }: { settings: Settings; onChange: (chosen: Chosen) => void }) {
  const t = debugTexts.useText();
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
        <Input size="small" type="date" aria-label={t("from")} value={start} max={end} onChange={({ target }) => onChange({ start: target.value })} />
        <Input size="small" type="date" aria-label={t("to")} value={end} min={start} onChange={({ target }) => onChange({ end: target.value })} />
      </div>
      <span className={fault === null ? "soft" : "danger"}>{t(fault ?? "asSettings")}</span>
    </div>
  );
}
