import { Select } from "antd";
import { useCallback, useMemo, useRef, useState } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart } from "@/ui/chart";
import { useWidth } from "@/ui/useWidth";

import type { Optimisation } from "../api";
import { optimisationTexts } from "../i18n";
import { axisOf, type Axis } from "../logic/axes";
import { cellsOf, coloursOf, figuresFit, mix, scaleOf, type Cell, type Slices } from "../logic/heatmap";
import { tooltipRows } from "../logic/html";
import { formatFigure } from "../logic/metric";
import { valueText, type Trial } from "../logic/trials";
import { useFigureNames } from "./useFigureNames";
import "./optimisations.css";

const ROW_HEIGHT = 34;
/** Around the cells: names and values of the axes, and the scale of colours. */
const EDGES = { left: 72, leftAlone: 16, right: 88, top: 8, bottom: 48 };
/** The map is as high as its rows want, within these. */
const HEIGHTS = { alone: 150, least: 360, most: 520 };
const HOVER_FIGURES = ["sharpe", "annual_return", "max_drawdown", "round_trips"] as const;

interface HeatMapProps {
  optimisation: Optimisation;
  trials: readonly Trial[];
  best: Trial | null;
  pinned: Trial | null;
  onPin: (trial: Trial) => void;
}

/** The objective over two parameters; cells are there before they have a figure and fill as runs end. */
export function HeatMap({ optimisation, trials, best, pinned, onPin }: HeatMapProps) {
  const t = optimisationTexts.useText();
  const figureName = useFigureNames();
  const { ranges, objective } = optimisation;
  const names = useMemo(() => Object.keys(ranges), [ranges]);
  const [chosen, setChosen] = useState<{ x?: string; y?: string }>({});
  const [slices, setSlices] = useState<Slices>({});
  const x = chosen.x ?? names[0] ?? "";
  const y = chosen.y ?? names.find((name) => name !== x) ?? null;
  const axes = useMemo(() => {
    const axis = (name: string): Axis | null => {
      const range = ranges[name];
      return range === undefined ? null : axisOf(name, range);
    };
    // One parameter alone makes one row.
    const single: Axis = { name: "", labels: [""], exact: true, place: () => 0 };
    return { x: axis(x) ?? single, y: y === null ? single : (axis(y) ?? single), others: names.filter((name) => name !== x && name !== y).flatMap((name) => axis(name) ?? []) };
  }, [ranges, names, x, y]);

  const cells = useMemo(() => {
    const shown = Object.fromEntries(Object.entries(slices).filter(([name]) => name !== x && name !== y));
    return cellsOf(trials, axes.x, axes.y, shown);
  }, [trials, axes, slices, x, y]);
  const scored = useMemo(() => cells.filter(({ best: top }) => top !== null), [cells]);
  const waiting = useMemo(() => cells.filter(({ best: top }) => top === null), [cells]);

  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const left = y === null ? EDGES.leftAlone : EDGES.left;
  const height = y === null ? HEIGHTS.alone : Math.max(HEIGHTS.least, Math.min(HEIGHTS.most, axes.y.labels.length * ROW_HEIGHT + EDGES.top + EDGES.bottom));
  const labelled = useMemo(() => {
    const cellWidth = ((width ?? 0) - left - EDGES.right) / Math.max(axes.x.labels.length, 1);
    return figuresFit(cellWidth, scored.map(({ best: top }) => formatFigure(objective.metric, top?.objective)));
  }, [width, left, axes, scored, objective.metric]);

  const ahead = waiting.filter(({ ended }) => ended === 0).length;

  const option = useCallback(
    (theme: Theme) => {
      const { palette, up, down } = theme;
      const scale = scaleOf(scored.flatMap(({ best: top }) => top?.objective ?? [])) ?? { low: 0, high: 1, diverging: false };
      const soft = (colour: string) => mix(palette.surface, colour, 0.72);
      const write = (value: number) => formatFigure(objective.metric, value);
      const label = { color: palette.textSoft, fontSize: 11 };
      const axis = ({ labels, name }: Axis) => ({
        type: "category",
        data: labels,
        name,
        nameLocation: "middle",
        nameTextStyle: { color: palette.text, fontWeight: 600 },
        axisLine: { lineStyle: { color: palette.border } },
        axisTick: { show: false },
        splitArea: { show: false },
        axisLabel: { ...label, hideOverlap: true },
      });
      const tooltip = ({ seriesIndex, dataIndex }: { seriesIndex?: number; dataIndex?: number }) => {
        const cell = (seriesIndex === 0 ? scored : waiting)[dataIndex ?? -1];
        return cell === undefined ? "" : hover(cell);
      };
      const hover = ({ best: top, ended, trials: total, x: column, y: row }: Cell) => {
        if (top === null) {
          const place = [axes.x, axes.y].flatMap((one, at) => (one.name === "" ? [] : [[one.name, one.labels[at === 0 ? column : row] ?? ""] as const]));
          return tooltipRows(t(ended === 0 ? "cellWaiting" : ended < total ? "cellPartial" : "cellNoFigure"), place);
        }
        const figures = HOVER_FIGURES.filter((metric) => metric !== objective.metric).map((metric) => [figureName(metric), formatFigure(metric, top.metrics[metric])] as const);
        return tooltipRows(total > 1 ? t("cellBestOf", { count: ended, number: top.number }) : t("trialNumber", { number: top.number }), [
          ...Object.entries(top.params).map(([name, value]) => [name, valueText(value)] as const),
          [figureName(objective.metric), formatFigure(objective.metric, top.objective)],
          ...figures,
        ]);
      };
      const spot = (trial: Trial | null, symbol: string, size: number, colour: string, name: string) => {
        // Where figures are written the mark stands beside them.
        const cell = trial === null || labelled ? undefined : scored.find(({ best: top }) => top?.number === trial.number);
        return {
          type: "scatter",
          name,
          silent: true,
          z: 5,
          symbol,
          symbolSize: size,
          itemStyle: { color: colour, borderColor: palette.surface, borderWidth: 1 },
          data: cell === undefined ? [] : [[cell.x, cell.y]],
        };
      };
      const cellStyle = { borderColor: palette.surface, borderWidth: 1, borderRadius: 2 };
      return {
        grid: { left, right: EDGES.right, top: EDGES.top, bottom: EDGES.bottom },
        tooltip: { trigger: "item", formatter: tooltip, axisPointer: { type: "none" } },
        xAxis: { ...axis(axes.x), nameGap: 28 },
        yAxis: { ...axis(axes.y), nameGap: 48 },
        visualMap: [
          {
            type: "continuous",
            seriesIndex: 0,
            dimension: 2,
            min: scale.low,
            max: scale.high,
            calculable: scored.length > 1,
            orient: "vertical",
            right: 0,
            // Beside the cells, with room for a figure at either end.
            top: EDGES.top,
            itemHeight: Math.min(180, height - EDGES.top - EDGES.bottom - 16),
            itemWidth: 12,
            formatter: write,
            textStyle: label,
            inRange: { color: coloursOf(scale, palette.surface, soft(up), soft(down)) },
            outOfRange: { color: palette.hairline },
            show: scored.length > 0,
          },
          { type: "continuous", show: false, seriesIndex: 1, dimension: 2, min: 0, max: 1, inRange: { color: [palette.hairline, palette.border] } },
        ],
        series: [
          {
            type: "heatmap",
            name: figureName(objective.metric),
            data: scored.map(({ x: column, y: row, best: top }) => [column, row, top?.objective]),
            itemStyle: cellStyle,
            emphasis: { itemStyle: { borderColor: palette.text, borderWidth: 2 } },
            label: {
              show: labelled,
              color: palette.text,
              fontSize: 11,
              formatter: ({ value, dataIndex }: { value: number[]; dataIndex: number }) => {
                const number = scored[dataIndex]?.best?.number;
                const mark = number === best?.number ? "★" : number === pinned?.number ? "●" : "";
                return value[2] === undefined ? "" : mark + write(value[2]);
              },
            },
          },
          { type: "heatmap", name: t("waitingCells"), data: waiting.map(({ x: column, y: row, ended }) => [column, row, ended === 0 ? 0 : 1]), itemStyle: cellStyle },
          spot(best, "path://M12 2 15 9 22 9.600 16.700 14.200 18.400 21.300 12 17.500 5.600 21.300 7.300 14.200 2 9.600 9 9Z", 13, palette.text, t("best")),
          spot(pinned?.number === best?.number ? null : pinned, "circle", 9, palette.primary, t("pinnedTrial")),
        ],
      };
    },
    [scored, waiting, labelled, left, height, axes, best, pinned, objective.metric, figureName, t],
  );

  const sheet = () => ({
    headers: [...names, objective.metric, "trial"],
    rows: scored.flatMap(({ best: top }) => (top === null ? [] : [[...names.map((name) => top.params[name]), top.objective, top.number]])),
  });
  const options = (without: string | null) => names.filter((name) => name !== without).map((name) => ({ value: name, label: name }));
  const label = t("heatmap", { objective: figureName(objective.metric) });

  return (
    <div ref={frame}>
      {names.length > 1 && (
        <div className="chart-switches">
          <label className="axis-choice">
            {t("across")}
            <Select size="small" aria-label={t("across")} value={x} options={options(null)} onChange={(next) => setChosen(next === y ? { x: next, y: x } : { x: next, ...(y === null ? {} : { y }) })} popupMatchSelectWidth={false} />
          </label>
          <label className="axis-choice">
            {t("upwards")}
            <Select size="small" aria-label={t("upwards")} value={y} options={options(null)} onChange={(next) => setChosen(next === x && y !== null ? { x: y, y: next } : { x, y: next })} popupMatchSelectWidth={false} />
          </label>
          {axes.others.map((axis) => (
            <label key={axis.name} className="axis-choice">
              {axis.name}
              <Select
                size="small"
                aria-label={axis.name}
                value={slices[axis.name] ?? ""}
                disabled={!axis.exact}
                popupMatchSelectWidth={false}
                onChange={(value) => setSlices({ ...Object.fromEntries(Object.entries(slices).filter(([name]) => name !== axis.name)), ...(value === "" ? {} : { [axis.name]: value }) })}
                options={[{ value: "", label: t("bestOver") }, ...(axis.exact ? axis.labels.map((value) => ({ value, label: value })) : [])]}
              />
            </label>
          ))}
        </div>
      )}
      <Chart
        label={label}
        hideTitle
        option={option}
        count={scored.length}
        height={height}
        exportName={`heatmap-${optimisation.id}`}
        sheet={sheet}
        onPick={(index, series) => {
          const top = series === 0 ? scored[index]?.best : null;
          if (top != null) onPin(top);
        }}
      />
      <p className="soft legend-line">
        {t("heatmapLegend")}
        {ahead > 0 && ` ${t("heatmapWaiting", { count: ahead })}`}
        {waiting.length > ahead && ` ${t("heatmapUncounted", { count: waiting.length - ahead })}`}
      </p>
    </div>
  );
}
