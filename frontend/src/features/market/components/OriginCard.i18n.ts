import { defineTexts } from "@/app/i18n";

const zh = {
  title: "这根 K 线从哪来？",
  hint: "点日线图上的 K 线，或选一天",
  day: "日期",
  none: "这一天没有存过 K 线",
  noneHelp: "可能是休市日，或者这一天的数据还没有导入。",
  state: "状态",
  holds: "现用",
  replaced: "{{until}} 被替换",
  deleted: "{{until}} 被删除",
  source: "来源",
  parser: "解析程序",
  asOf: "来源所称截至",
  fetched: "取得时间",
  open: "开盘",
  high: "最高",
  low: "最低",
  close: "收盘",
  volume: "成交量（股）",
  suspended: "停牌",
  error: "来源没有取到",
} as const;

const en: Record<keyof typeof zh, string> = {
  title: "Where does this bar come from?",
  hint: "Click a candle of the daily chart, or choose a day",
  day: "Day",
  none: "No bar of this day was ever stored",
  noneHelp: "It may be a day without trading, or one that has not been imported.",
  state: "State",
  holds: "in use",
  replaced: "replaced {{until}}",
  deleted: "deleted {{until}}",
  source: "Source",
  parser: "Parser",
  asOf: "As of, by the source",
  fetched: "Fetched",
  open: "Open",
  high: "High",
  low: "Low",
  close: "Close",
  volume: "Volume (shares)",
  suspended: "Suspended",
  error: "The bar's origin could not be read",
};

export const originTexts = defineTexts("marketOrigin", zh, en);
