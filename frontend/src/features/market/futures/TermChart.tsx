import { useCallback, useMemo } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, valueAxis } from "@/ui/chart";
import { formatPrice } from "@/ui/format";

import type { FuturesContract, FuturesProduct } from "./api";
import { futuresTexts } from "./i18n";
import { termStructure } from "./logic";

/** Settlement prices by expiry on the newest day; the main contract is marked. */
export function TermChart({ product, contracts }: { product: FuturesProduct; contracts: readonly FuturesContract[] }) {
  const t = futuresTexts.useText();
  const language = useLanguage();
  const points = useMemo(() => termStructure(contracts), [contracts]);
  const tick = product.price_tick;
  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      return {
        grid: { left: 8, right: 64, top: 16, bottom: 24 },
        tooltip: { valueFormatter: (value: unknown) => formatPrice(value as number, tick) },
        xAxis: {
          type: "category",
          data: points.map(({ symbol }) => symbol.split(".")[0]),
          boundaryGap: true,
          axisLine: { lineStyle: { color: palette.border } },
          axisTick: { show: false },
          axisLabel: { color: palette.textSoft, hideOverlap: true, fontSize: 11 },
        },
        yAxis: valueAxis(theme, (value) => formatPrice(value, tick)),
        series: [
          {
            type: "line",
            name: t("settle"),
            data: points.map(({ price, main }) => ({
              value: price,
              symbolSize: main ? 11 : 6,
              itemStyle: { color: main ? palette.series[1] : palette.series[0] },
            })),
            symbol: "circle",
            lineStyle: { width: 1.5, color: palette.series[0] },
          },
        ],
      };
    },
    [points, tick, t],
  );
  if (points.length < 2) return null;
  return (
    <section className="panel futures-term">
      <Chart
        label={t("termStructureOf", { name: product.name[language], date: product.last_date ?? "" })}
        option={option}
        count={points.length}
        height={240}
        exportName={`${product.symbol}-term-structure`}
        sheet={() => ({
          headers: ["contract", "last_trading_day", "settlement"],
          rows: points.map(({ symbol, date, price }) => [symbol, date, price]),
        })}
      />
      <p className="soft futures-note">{t("termText")}</p>
    </section>
  );
}
