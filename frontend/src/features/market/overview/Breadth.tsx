import { Tooltip } from "antd";
import { useCallback } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart, valueAxis } from "@/ui/chart";
import { formatPercent } from "@/ui/format";

import type { MarketDay } from "./api";
import { BreadthBar } from "./BreadthBar";
import { overviewTexts } from "./i18n";

/** How many rose and fell, and how far. */
export function Breadth({ day }: { day: MarketDay }) {
  const t = overviewTexts.useText();
  return (
    <section className="panel" aria-label={t("breadth")}>
      <div className="panel-title">
        <h2>{t("breadth")}</h2>
      </div>
      <div className="panel-body overview-stack">
        <BreadthBar breadth={day.breadth} />
        <dl className="overview-facts">
          <div>
            <dt>{t("limitUp")}</dt>
            <dd className="up">{day.breadth.limit_up}</dd>
          </div>
          <div>
            <dt>{t("limitDown")}</dt>
            <dd className="down">{day.breadth.limit_down}</dd>
          </div>
          <div>
            <dt>
              <Tooltip title={t("brokenTip")}>{t("broken")}</Tooltip>
            </dt>
            <dd>{day.breadth.broken}</dd>
          </div>
          <div>
            <dt>{t("suspended")}</dt>
            <dd>{day.breadth.suspended}</dd>
          </div>
        </dl>
        <Histogram day={day} />
      </div>
    </section>
  );
}

function Histogram({ day: { histogram, date } }: { day: MarketDay }) {
  const t = overviewTexts.useText();
  const name = useCallback(
    ({ low, high }: MarketDay["histogram"][number]) => {
      const write = (value: number | null) => formatPercent(value, { digits: 0 });
      if (low === 0 && high === 0) return t("binZero");
      if (low === null) return t("binBelow", { high: write(high) });
      if (high === null) return t("binAbove", { low: write(low) });
      return t("bin", { low: write(low), high: write(high) });
    },
    [t],
  );
  const option = useCallback(
    (theme: Theme) => {
      const { palette, up, down } = theme;
      const colour = ({ low, high }: MarketDay["histogram"][number]) =>
        low === 0 && high === 0 ? palette.textSoft : (low ?? -1) >= 0 ? up : down;
      return {
        grid: { left: 8, right: 8, top: 20, bottom: 22 },
        tooltip: {
          axisPointer: { type: "shadow" },
          formatter: (items: { dataIndex?: number }[]) => {
            const bin = histogram[items[0]?.dataIndex ?? -1];
            return bin === undefined ? "" : `${name(bin)}<br>${t("binCount")} <b>${bin.count}</b>`;
          },
        },
        xAxis: {
          type: "category",
          data: histogram.map(({ low, high }) => (low === null ? "<−10" : high === null ? ">10" : low === 0 && high === 0 ? "0" : String(Math.round((low < 0 ? low : high) * 100)).replace("-", "−"))),
          axisLine: { lineStyle: { color: palette.border } },
          axisTick: { show: false },
          axisLabel: { color: palette.textSoft, fontSize: 10, hideOverlap: true },
        },
        yAxis: { ...valueAxis(theme, String), show: false },
        series: [
          {
            type: "bar",
            barCategoryGap: "12%",
            data: histogram.map((bin) => ({ value: bin.count, itemStyle: { color: colour(bin), borderRadius: [2, 2, 0, 0] } })),
            label: {
              show: true,
              position: "top",
              distance: 2,
              color: palette.textSoft,
              fontSize: 10,
              formatter: ({ value }: { value: number }) => (value > 0 ? String(value) : ""),
            },
          },
        ],
      };
    },
    [histogram, name, t],
  );
  return (
    <Chart
      label={t("histogram")}
      option={option}
      count={histogram.length}
      height={170}
      exportName={`${date}-histogram`}
      sheet={() => ({ headers: [t("histogram"), t("binCount")], rows: histogram.map((bin) => [name(bin), bin.count]) })}
    />
  );
}
