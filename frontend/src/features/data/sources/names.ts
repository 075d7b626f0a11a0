import { useCallback } from "react";

import { defineTexts } from "@/app/i18n";

const zh = {
  eastmoney: "东方财富",
  sina: "新浪财经",
  tencent: "腾讯财经",
  exchanges: "交易所",
  baostock: "证券宝",
  tushare: "Tushare",
  tdx: "通达信",
  csindex: "中证指数",
  import: "导入的文件",
  demo: "模拟行情",
  sources: "数据源",
} as const;

const en: Record<keyof typeof zh, string> = {
  eastmoney: "Eastmoney",
  sina: "Sina",
  tencent: "Tencent",
  exchanges: "Exchanges",
  baostock: "Baostock",
  tushare: "Tushare",
  tdx: "TDX folder",
  csindex: "CSI",
  import: "Imported file",
  demo: "Simulated market",
  sources: "Sources",
};

const texts = defineTexts("sourceNames", zh, en);

/** Give what a person calls a source; one that is not known is called as it is. */
export function useSourceName(): (source: string) => string {
  const t = texts.useText();
  return useCallback((source: string) => (texts.has(source) ? t(source) : source), [t]);
}
