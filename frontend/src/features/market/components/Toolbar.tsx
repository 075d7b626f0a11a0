import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Segmented } from "antd";
import dayjs from "dayjs";
import { lazy, Suspense, useState } from "react";

import { localText, useLanguage } from "@/app/i18n/local";
import { Skeleton } from "@/ui/state";

import { catalogueQuery, type Adjust, type InstrumentDetail } from "../api";
import { marketTexts } from "../i18n";
import { intradayTexts } from "../intraday/i18n";
import { toggled } from "../logic/indicators";
import { RANGES } from "../logic/ranges";
import { isDays, isMinutes, VIEWS } from "../logic/views";
import { useMarketPrefs } from "../store";
import { ParametersButton } from "./ParametersButton";

const FORMAT = "YYYY-MM-DD";
const ADJUSTS: readonly Adjust[] = ["none", "qfq", "hfq"];

const AdjustmentDrawer = lazy(() => import("../adjustment/AdjustmentDrawer"));

interface ToolbarProps {
  stock: InstrumentDetail;
  /** The day whose prices are real under qfq. */
  asOf: string | null;
  /** The last day of single days and of minutes; null: the newest. */
  until: string | null;
  onUntil: (day: string | null) => void;
}

/** How the K-line is drawn: interval, adjustment, range, indicators. */
export function Toolbar({ stock, asOf, until, onUntil }: ToolbarProps) {
  const t = marketTexts.useText();
  const tView = intradayTexts.useText();
  const { interval, adjust, range, set } = useMarketPrefs();
  return (
    <div className="market-tools">
      <Segmented
        aria-label={t("interval")}
        value={interval}
        onChange={(value) => set({ interval: value })}
        options={VIEWS.map((value) => ({ value, label: tView(`view.${value}`) }))}
      />
      {(isDays(interval) || isMinutes(interval)) && <Until until={until} onUntil={onUntil} />}
      {!isDays(interval) && stock.kind !== "future" && stock.kind !== "crypto" && (
        <span>
          <Segmented
            aria-label={t("adjust")}
            value={adjust}
            onChange={(value) => set({ adjust: value })}
            options={ADJUSTS.map((value) => ({ value, label: t(`adjust.${value}`) }))}
          />
          <WhyAdjusted stock={stock} />
          {adjust === "qfq" && asOf !== null && <span className="market-as-of soft">{t("asOf", { date: asOf })}</span>}
        </span>
      )}
      {!isDays(interval) && !isMinutes(interval) && (
        <Segmented
          aria-label={t("range")}
          value={range}
          onChange={(value) => set({ range: value })}
          options={RANGES.map((value) => ({ value, label: t(`range.${value}`) }))}
        />
      )}
      {!isDays(interval) && <Indicators />}
    </div>
  );
}

/** The last day that is shown. */
function Until({ until, onUntil }: Pick<ToolbarProps, "until" | "onUntil">) {
  const t = intradayTexts.useText();
  return (
    <label className="market-until">
      <span className="soft">{t("until")}</span>
      <DatePicker
        size="small"
        value={until === null ? null : dayjs(until, FORMAT)}
        format={FORMAT}
        placeholder={t("untilLatest")}
        onChange={(day: dayjs.Dayjs | null) => onUntil(day === null ? null : day.format(FORMAT))}
      />
    </label>
  );
}

/** Opens the prices of all adjustments side by side; indices, futures and coins have none. */
function WhyAdjusted({ stock }: { stock: InstrumentDetail }) {
  const t = marketTexts.useText();
  const [state, setState] = useState<"never" | "open" | "closed">("never");
  if (stock.kind === "index" || stock.kind === "future" || stock.kind === "crypto") return null;
  return (
    <>
      <Button type="link" size="small" onClick={() => setState("open")}>
        {t("whyAdjusted")}
      </Button>
      {state !== "never" && (
        <Suspense>
          <AdjustmentDrawer stock={stock} open={state === "open"} onClose={() => setState("closed")} />
        </Suspense>
      )}
    </>
  );
}

/** A switch for each indicator of the catalogue, with its parameters. */
function Indicators() {
  const t = marketTexts.useText();
  const language = useLanguage();
  const { data: catalogue } = useQuery(catalogueQuery);
  const { active, set } = useMarketPrefs();
  if (catalogue === undefined) return <Skeleton width={320} height={32} />;
  return (
    <div className="market-indicators" role="group" aria-label={t("indicators")}>
      {catalogue.map((info) => {
        const on = active.includes(info.key);
        return (
          <span key={info.key} className="indicator" data-on={on}>
            <button
              type="button"
              aria-pressed={on}
              title={localText(info, "label", language)}
              onClick={() => set({ active: toggled(catalogue, active, info.key) })}
            >
              {info.key}
            </button>
            {on && info.parameters.length > 0 && <ParametersButton info={info} />}
          </span>
        );
      })}
    </div>
  );
}
