export { Chart, type ChartProps } from "./Chart";
export { dateAxis, valueAxis } from "./style";
export type { EChartsType } from "./echarts";
