import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useMemo } from "react";

import { useLanguage } from "@/app/i18n/local";
import { KLine, type KLineBars } from "@/ui/kline";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { runBarsQuery, type BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import { marksOf, symbolsByActivity } from "../logic/marks";
import { useRecent } from "../logic/recent";
import "./report.css";

/** Prices of stocks move by a cent; adjusted ones are shown as finely. */
const TICK = 0.01;
const HEIGHT = 480;

export interface TradesFocus {
  symbol: string;
  from: string;
  to: string;
}

interface TradesKLineProps {
  result: BacktestResult;
  symbol: string;
  onSymbol: (symbol: string) => void;
  focus: TradesFocus | null;
}

/** Fills and refused orders on the K-line of each stock, with the prices the run saw. */
export function TradesKLine({ result, symbol, onSymbol, focus }: TradesKLineProps) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const names = useRecent((state) => state.names);
  const { spec, fills, rejections } = result;
  const bars = useQuery(runBarsQuery(symbol, { start: spec.start, end: spec.end, adjust: spec.adjustment }));
  const order = useMemo(() => symbolsByActivity(spec.symbols, fills, rejections), [spec.symbols, fills, rejections]);
  const marks = useMemo(() => marksOf(symbol, fills, rejections, language), [symbol, fills, rejections, language]);
  const columns = useMemo<KLineBars | undefined>(() => bars.data, [bars.data]);
  const label = names[symbol] === undefined ? symbol : `${symbol} ${names[symbol]}`;

  return (
    <div className="panel-body">
      <div className="chart-switches">
        <Select
          aria-label={t("chooseSymbol")}
          style={{ minWidth: 240 }}
          value={symbol}
          onChange={onSymbol}
          showSearch
          options={order.map((item) => ({
            value: item.symbol,
            label: `${item.symbol} ${names[item.symbol] ?? ""} · ${t("fills")} ${item.fills}`,
          }))}
        />
        <span className="soft">
          {t(`adjustment.${spec.adjustment}`)} · {t("clickRoundTrip")}
        </span>
      </div>
      {columns !== undefined ? (
        columns.time.length === 0 ? (
          <Empty title={t("barsEmpty")} />
        ) : (
          <KLine
            label={label}
            bars={columns}
            tick={TICK}
            marks={marks}
            height={HEIGHT}
            focus={focus?.symbol === symbol ? focus : null}
            exportName={`kline-${symbol}`}
          />
        )
      ) : bars.isError ? (
        <ErrorPanel title={t("barsError")} error={bars.error} onRetry={() => void bars.refetch()} />
      ) : (
        <Loading height={HEIGHT} />
      )}
    </div>
  );
}
