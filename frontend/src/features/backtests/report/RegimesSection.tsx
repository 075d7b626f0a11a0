import { useCallback } from "react";

import { useLanguage } from "@/app/i18n/local";
import { useTheme, type Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { Change, formatNumber, formatPercent, formatTick } from "@/ui/format";

import type { Analysis, BacktestResult } from "../api";
import { reportTexts } from "./i18n";
import { SmallTable } from "./SmallTable";
import "./sections.css";

type Regimes = Analysis["regimes"];
type Regime = Regimes["rows"][number]["regime"];

/** Behind the curve: light enough for it to stay the first thing seen. */
const STRENGTH = 0.12;

const shade = (regime: Regime, { up, down, palette }: Theme): string =>
  ({ bull: up, bear: down, range: palette.textSoft, unknown: "transparent" })[regime];

/** How the run did in rising, falling and sideways markets. */
export function RegimesSection({ regimes, series, id }: { regimes: Regimes; series: BacktestResult["series"]; id: string }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const theme = useTheme();
  const { date, equity } = series;
  const { spells } = regimes;
  const option = useCallback(
    (shown: Theme) => ({
      grid: { left: 8, right: 64, top: 8, bottom: 24 },
      tooltip: { valueFormatter: (value: unknown) => formatNumber(value as number) },
      xAxis: dateAxis(shown, date),
      yAxis: valueAxis(shown, (value) => formatTick(value, language)),
      dataZoom: [{ type: "inside" }],
      series: [
        {
          type: "line",
          name: t("equity"),
          data: equity,
          showSymbol: false,
          lineStyle: { width: 1.5 },
          color: shown.palette.series[0],
          markArea: {
            silent: true,
            // To the next one's first day, so that nothing is left white between two.
            data: spells.map(({ regime, start, end }, index) => [
              { xAxis: start, itemStyle: { color: shade(regime, shown), opacity: STRENGTH } },
              { xAxis: spells[index + 1]?.start ?? end },
            ]),
          },
        },
      ],
    }),
    [date, equity, spells, t, language],
  );
  const sheet = () => ({ headers: ["regime", "start", "end"], rows: spells.map(({ regime, start, end }) => [regime, start, end]) });
  return (
    <div className="report-section">
      <Chart label={t("regimesChart")} option={option} count={date.length} height={280} exportName={`regimes-${id}`} sheet={sheet} />
      <div className="report-block">
        <h3>{t("regimes")}</h3>
        <SmallTable
          label={t("regimes")}
          rows={regimes.rows}
          rowKey={(row) => row.regime}
          columns={[
            {
              key: "regime",
              title: t("regime"),
              render: (row) => (
                <>
                  <span className="regime-swatch" aria-hidden style={{ background: `color-mix(in srgb, ${shade(row.regime, theme)} 30%, transparent)` }} />
                  {t(`regime.${row.regime}`)}
                </>
              ),
            },
            { key: "days", title: t("days"), numeric: true, render: (row) => row.days },
            { key: "return", title: t("return"), numeric: true, render: (row) => <Change value={row.total_return} /> },
            { key: "annual", title: t("annual"), numeric: true, render: (row) => <Change value={row.annual_return} /> },
            { key: "benchmark", title: t("benchmark"), numeric: true, render: (row) => <Change value={row.benchmark_return} /> },
            { key: "sharpe", title: t("sharpe"), numeric: true, render: (row) => formatNumber(row.sharpe) },
            { key: "drawdown", title: t("maxDrawdown"), numeric: true, render: (row) => formatPercent(row.max_drawdown) },
          ]}
        />
        <p className="soft">{t("regimesNote", { index: t(`index.${regimes.index}`) })}</p>
      </div>
    </div>
  );
}
