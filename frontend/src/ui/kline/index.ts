export { KLine, type KLineProps } from "./KLine";
export type { BarEvent, KLineBars, KLineLine, KLinePane, TradeMark } from "./types";
