import { usePrefs } from "@/app/prefs";
import type { Palette } from "@/app/theme/tokens";
import { formatCompact, formatExact, formatNumber, formatPercent, formatPrice, formatVolume } from "@/ui/format";
import { uiTexts } from "@/ui/i18n";

import type { Layout } from "./layout";
import type { KLineBars, KLineLine, KLinePane } from "./types";

interface LegendsProps {
  bars: KLineBars;
  /** The bar under the crosshair. */
  index: number;
  tick: number;
  overlays: readonly KLineLine[];
  panes: readonly KLinePane[];
  layout: Layout;
  palette: Palette;
}

/** The figures of the bar under the crosshair, one line at the top of each pane. */
export function Legends({ bars, index, tick, overlays, panes, layout, palette }: LegendsProps) {
  const t = uiTexts.useText();
  const language = usePrefs((prefs) => prefs.language);
  const close = bars.close[index];
  const before = bars.close[index - 1];
  const simple = close === undefined || before === undefined || before === 0 ? null : close / before - 1;
  const change = bars.change === undefined ? simple : (bars.change[index] ?? null);
  const direction = change === null || change === 0 ? undefined : change > 0 ? "up" : "down";
  const colour = (line: number) => palette.series[line % palette.series.length];
  const price = (value: number | null | undefined) => formatPrice(value, tick);

  return (
    <>
      <div className="kline-legend" style={{ top: layout.main.top }}>
        <span>{bars.time[index]}</span>
        {(["open", "high", "low", "close"] as const).map((field) => (
          <span key={field}>
            <span className="soft">{t(field)}</span> {price(bars[field][index])}
          </span>
        ))}
        <span className={direction}>{formatPercent(change, { sign: true })}</span>
        {bars.suspended?.[index] === true && <span className="kline-suspended">{t("suspended")}</span>}
        {overlays.map(({ name, values }, line) => (
          <span key={name} style={{ color: colour(line) }}>
            {name} {price(values[index])}
          </span>
        ))}
      </div>
      <div className="kline-legend" style={{ top: layout.volume.top }}>
        <span>
          <span className="soft">{t("volume")}</span>{" "}
          <span className="kline-exact" title={`${formatExact(bars.volume[index])} ${t(bars.lot === 1 ? "contracts" : "shares")}`}>
            {formatVolume(bars.volume[index], language, { lot: bars.lot })}
          </span>
        </span>
        {bars.amount !== undefined && (
          <span>
            <span className="soft">{t("amount")}</span>{" "}
            <span className="kline-exact" title={formatExact(bars.amount[index])}>
              {formatCompact(bars.amount[index], language)}
            </span>
          </span>
        )}
      </div>
      {panes.map(({ key, title, lines, digits, histogram }, pane) => (
        <div key={key} className="kline-legend" style={{ top: layout.panes[pane]?.top }}>
          <span className="soft">{title}</span>
          {lines.map(({ name, values }, line) => (
            <span key={name} style={{ color: colour(line) }}>
              {name} {formatNumber(values[index], digits === undefined ? {} : { digits })}
            </span>
          ))}
          {histogram !== undefined && (
            <span className={(histogram.values[index] ?? 0) >= 0 ? "up" : "down"}>
              {histogram.name} {formatNumber(histogram.values[index], { sign: true })}
            </span>
          )}
        </div>
      ))}
    </>
  );
}
