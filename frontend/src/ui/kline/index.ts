export { KLine, type KLineProps } from "./KLine";
export type { KLineBars, KLineLine, KLinePane, TradeMark } from "./types";
