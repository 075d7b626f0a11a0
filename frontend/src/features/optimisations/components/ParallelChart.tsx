import { Button } from "antd";
import { useCallback, useEffect, useMemo, useState } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart, type EChartsType } from "@/ui/chart";

import type { Optimisation } from "../api";
import { optimisationTexts } from "../i18n";
import { OBJECTIVE, parallelAxes, type Brushes } from "../logic/brush";
import { coloursOf, mix, scaleOf } from "../logic/heatmap";
import { tooltipRows } from "../logic/html";
import { formatFigure } from "../logic/metric";
import { valueText, type Trial } from "../logic/trials";
import { useFigureNames } from "./useFigureNames";

interface AreaSelected {
  parallelAxisId?: string;
  intervals?: [number, number][];
}

interface ParallelChartProps {
  optimisation: Optimisation;
  trials: readonly Trial[];
  brushes: Brushes;
  onBrush: (name: string, intervals: [number, number][]) => void;
  onClear: () => void;
  onPin: (trial: Trial) => void;
}

/** One line a trial over its parameters and what came of them; dragging along an axis keeps only the lines through there. */
export function ParallelChart({ optimisation, trials, brushes, onBrush, onClear, onPin }: ParallelChartProps) {
  const t = optimisationTexts.useText();
  const figureName = useFigureNames();
  const { ranges, objective, id } = optimisation;
  const scored = useMemo(() => trials.filter(({ objective: figure }) => figure !== null), [trials]);
  const axes = useMemo(() => parallelAxes(ranges, scored), [ranges, scored]);
  const [chart, setChart] = useState<EChartsType | null>(null);

  useEffect(() => {
    if (chart === null) return undefined;
    const selected = (event: unknown) => {
      const { parallelAxisId, intervals } = event as AreaSelected;
      if (parallelAxisId !== undefined && intervals !== undefined) onBrush(parallelAxisId, intervals);
    };
    chart.on("axisareaselected", selected);
    return () => {
      if (!chart.isDisposed()) chart.off("axisareaselected", selected);
    };
  }, [chart, onBrush]);

  const option = useCallback(
    (theme: Theme) => {
      const { palette, up, down } = theme;
      const scale = scaleOf(scored.flatMap(({ objective: figure }) => figure ?? [])) ?? { low: 0, high: 1, diverging: false };
      const soft = (colour: string) => mix(palette.surface, colour, 0.85);
      const neutral = mix(palette.surface, palette.textSoft, 0.45);
      return {
        parallel: { left: 32, right: 56, top: 36, bottom: 16, parallelAxisDefault: { areaSelectStyle: { width: 16, color: palette.primary, opacity: 0.25, borderColor: palette.primary } } },
        parallelAxis: axes.map(({ name, labels, low, high, log, step }, dim) => {
          const same = low === high;
          return {
            id: name,
            dim,
            z: 10,
            name: name === OBJECTIVE ? figureName(objective.metric) : name,
            type: log && low > 0 ? "log" : "value",
            min: same ? low - 1 : low,
            max: same ? high + 1 : high,
            ...(step === null ? {} : { interval: step }),
            nameTextStyle: { color: palette.text, fontWeight: 600, fontSize: 12 },
            axisLine: { lineStyle: { color: palette.textSoft } },
            axisTick: { lineStyle: { color: palette.border } },
            axisLabel: {
              color: palette.textSoft,
              fontSize: 11,
              // Readable over the lines.
              textBorderColor: palette.surface,
              textBorderWidth: 3,
              showMinLabel: true,
              showMaxLabel: true,
              formatter: (value: number) => (labels !== null ? (labels[value] ?? "") : name === OBJECTIVE ? formatFigure(objective.metric, value) : valueText(value)),
            },
          };
        }),
        tooltip: {
          trigger: "item",
          formatter: ({ dataIndex }: { dataIndex?: number }) => {
            const trial = scored[dataIndex ?? -1];
            if (trial === undefined) return "";
            return tooltipRows(t("trialNumber", { number: trial.number }), [
              ...Object.entries(trial.params).map(([name, value]) => [name, valueText(value)] as const),
              [figureName(objective.metric), formatFigure(objective.metric, trial.objective)],
            ]);
          },
        },
        visualMap: { type: "continuous", show: false, dimension: axes.length - 1, min: scale.low, max: scale.high, inRange: { color: coloursOf(scale, neutral, soft(up), soft(down)) } },
        series: [
          {
            type: "parallel",
            data: scored.map((trial) => axes.map(({ value }) => value(trial))),
            lineStyle: { width: scored.length > 400 ? 1 : 1.5, opacity: scored.length > 400 ? 0.35 : 0.7 },
            inactiveOpacity: 0.04,
            activeOpacity: 0.9,
            progressive: 0,
          },
        ],
      };
    },
    [axes, scored, objective.metric, figureName, t],
  );

  // A redrawn chart has forgotten what was brushed.
  useEffect(() => {
    if (chart === null || chart.isDisposed()) return;
    for (const { name } of axes) {
      const intervals = brushes[name] ?? [];
      if (intervals.length > 0) chart.dispatchAction({ type: "axisAreaSelect", parallelAxisId: name, intervals }, { silent: true });
    }
    // Only after a redraw; a brush draws itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chart, option]);

  const active = Object.values(brushes).some((intervals) => intervals.length > 0);
  const clear = () => {
    for (const { name } of axes) chart?.dispatchAction({ type: "axisAreaSelect", parallelAxisId: name, intervals: [] }, { silent: true });
    onClear();
  };
  return (
    <>
      <div className="chart-switches">
        <span className="soft">{t("brushHelp")}</span>
        {active && (
          <Button size="small" onClick={clear}>
            {t("brushClear")}
          </Button>
        )}
      </div>
      <Chart
        label={t("parallel")}
        hideTitle
        option={option}
        count={scored.length}
        height={300}
        exportName={`parallel-${id}`}
        onChart={setChart}
        onPick={(index) => {
          const trial = scored[index];
          if (trial !== undefined) onPin(trial);
        }}
      />
    </>
  );
}
