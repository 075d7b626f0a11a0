import { useCallback, useMemo } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart, valueAxis } from "@/ui/chart";

import type { Optimisation } from "../api";
import { optimisationTexts } from "../i18n";
import { tooltipRows } from "../logic/html";
import { formatFigure } from "../logic/metric";
import { runningBest, valueText, type Trial } from "../logic/trials";
import { useFigureNames } from "./useFigureNames";

interface ProgressScatterProps {
  optimisation: Optimisation;
  trials: readonly Trial[];
  onPin: (trial: Trial) => void;
}

/** What each trial reached, in their order, and the best up to each. */
export function ProgressScatter({ optimisation, trials, onPin }: ProgressScatterProps) {
  const t = optimisationTexts.useText();
  const figureName = useFigureNames();
  const { metric } = optimisation.objective;
  const scored = useMemo(() => trials.filter(({ objective }) => objective !== null), [trials]);
  const best = useMemo(() => runningBest(scored), [scored]);
  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      return {
        legend: { show: true, data: [t("eachTrial"), t("bestSoFar")] },
        grid: { left: 16, right: 64, top: 28, bottom: 40 },
        tooltip: {
          trigger: "item",
          formatter: ({ dataIndex }: { dataIndex?: number }) => {
            const trial = scored[dataIndex ?? -1];
            if (trial === undefined) return "";
            return tooltipRows(t("trialNumber", { number: trial.number }), [
              ...Object.entries(trial.params).map(([name, value]) => [name, valueText(value)] as const),
              [figureName(metric), formatFigure(metric, trial.objective)],
              [t("bestSoFar"), formatFigure(metric, best[dataIndex ?? -1])],
            ]);
          },
        },
        xAxis: {
          type: "value",
          min: 0,
          max: Math.max(trials.length, 2),
          minInterval: 1,
          name: t("trialAxis"),
          nameLocation: "middle",
          nameGap: 24,
          nameTextStyle: { color: palette.textSoft },
          axisLine: { lineStyle: { color: palette.border } },
          splitLine: { show: false },
          axisLabel: { color: palette.textSoft, fontSize: 11, hideOverlap: true },
        },
        yAxis: valueAxis(theme, (value) => formatFigure(metric, value)),
        series: [
          { type: "scatter", name: t("eachTrial"), data: scored.map(({ number, objective }) => [number, objective]), symbolSize: scored.length > 500 ? 4 : 6, itemStyle: { color: palette.series[0], opacity: 0.6 } },
          { type: "line", name: t("bestSoFar"), step: "end", showSymbol: false, silent: true, data: scored.map(({ number }, at) => [number, best[at]]), lineStyle: { width: 1.5, color: palette.series[1] }, itemStyle: { color: palette.series[1] } },
        ],
      };
    },
    [scored, best, trials.length, metric, figureName, t],
  );
  const sheet = () => ({ headers: ["trial", metric, "best"], rows: scored.map(({ number, objective }, at) => [number, objective, best[at]]) });
  return (
    <Chart
      label={t("progressChart")}
      hideTitle
      option={option}
      count={scored.length}
      height={240}
      exportName={`trials-${optimisation.id}`}
      sheet={sheet}
      onPick={(index, series) => {
        const trial = series === 0 ? scored[index] : undefined;
        if (trial !== undefined) onPin(trial);
      }}
    />
  );
}
