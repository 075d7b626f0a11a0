import { BoxplotChart, EffectScatterChart, FunnelChart, GaugeChart, GraphChart, PieChart, RadarChart, SankeyChart, SunburstChart, ThemeRiverChart } from "echarts/charts";
import {
  CalendarComponent,
  DatasetComponent,
  MarkPointComponent,
  PolarComponent,
  RadarComponent,
  SingleAxisComponent,
  TitleComponent,
  TransformComponent,
  VisualMapPiecewiseComponent,
} from "echarts/components";
import { useCallback, useMemo } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart } from "@/ui/chart";
import { register } from "@/ui/chart/echarts";

import { notebookTexts } from "../i18n";
import { plainOption, pointsOf } from "../logic/plainOption";
import { themed } from "./themed";

// What a notebook may draw besides what the product's own charts need.
register([
  BoxplotChart,
  CalendarComponent,
  DatasetComponent,
  EffectScatterChart,
  FunnelChart,
  GaugeChart,
  GraphChart,
  MarkPointComponent,
  PieChart,
  PolarComponent,
  RadarChart,
  RadarComponent,
  SankeyChart,
  SingleAxisComponent,
  SunburstChart,
  ThemeRiverChart,
  TitleComponent,
  TransformComponent,
  VisualMapPiecewiseComponent,
]);

/** A chart of quantdesk.sdk: an ECharts option of plain data, in our palette. */
export default function EChartView({ value }: { value: unknown }) {
  const t = notebookTexts.useText();
  const option = useMemo(() => plainOption(value), [value]);
  const build = useCallback((theme: Theme) => themed(option, theme), [option]);
  return <Chart label={t("figure")} option={build} count={pointsOf(option)} height={320} exportName="chart" hideTitle />;
}
