import { defineTexts } from "@/app/i18n";

const zh = {
  title: "分红送配",
  count: "{{count}} 次",
  none: "本机没有记录",
  noneHelp: "可在“数据”页导入除权除息文件（CSV 或 Parquet）。没有记录时，回测按除权前收盘价推算。",
  exDate: "除权除息日",
  plan: "方案（每 10 股，税前）",
  announced: "公告",
  record: "登记",
  pay: "派息",
  list: "新股上市",
  error: "分红送配没有取到",
} as const;

const en: Record<keyof typeof zh, string> = {
  title: "Corporate actions",
  count: "{{count}} ex-dates",
  none: "none stored here",
  noneHelp: "Import a file of corporate actions (CSV or Parquet) on the page Data. Without, a backtest goes by the ex-right previous closes.",
  exDate: "Ex-date",
  plan: "Given (before tax)",
  announced: "Announced",
  record: "Record date",
  pay: "Paid",
  list: "New shares listed",
  error: "The corporate actions could not be read",
};

export const actionsTexts = defineTexts("marketActions", zh, en);
