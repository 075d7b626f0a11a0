import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useMemo } from "react";

import { localText, useLanguage } from "@/app/i18n/local";
import { KLine, type KLineBars } from "@/ui/kline";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { runBarsQuery, type BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import { eventsOf, marksOf, symbolsByActivity } from "../logic/marks";
import { useRecent } from "../logic/recent";
import { reportTexts } from "../report/i18n";
import { WhyPanel, type Picked } from "../report/WhyPanel";
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
  /** The candle whose refused orders are explained. */
  picked: Picked | null;
  onPick: (picked: Picked | null) => void;
}

/** Fills, refused orders and corporate actions on the K-line of each stock, at the prices the orders met. */
export function TradesKLine({ result, symbol, onSymbol, focus, picked, onPick }: TradesKLineProps) {
  const t = backtestTexts.useText();
  const r = reportTexts.useText();
  const language = useLanguage();
  const names = useRecent((state) => state.names);
  const { spec, fills, rejections, actions, engine } = result;
  // Only Backtrader fills at the adjusted prices it sees.
  const adjust = engine === "backtrader" ? spec.adjustment : "none";
  const bars = useQuery(runBarsQuery(symbol, { start: spec.start, end: spec.end, adjust }));
  const order = useMemo(() => symbolsByActivity(spec.symbols, fills, rejections), [spec.symbols, fills, rejections]);
  const marks = useMemo(() => marksOf(symbol, fills, rejections, (rule) => r(`rule.${rule}`)), [symbol, fills, rejections, r]);
  const events = useMemo(
    () => eventsOf(symbol, actions ?? [], (kind) => r(`action.${kind}`), (action) => localText(action, "message", language)),
    [symbol, actions, r, language],
  );
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
          {adjust === spec.adjustment ? t(`adjustment.${adjust}`) : r("rawPrices")} · {t("clickRoundTrip")}
        </span>
      </div>
      <div className="trades-chart">
        {columns !== undefined ? (
          columns.time.length === 0 ? (
            <Empty title={t("barsEmpty")} />
          ) : (
            <KLine
              label={label}
              bars={columns}
              tick={TICK}
              marks={marks}
              events={events}
              height={HEIGHT}
              focus={focus?.symbol === symbol ? focus : null}
              onPick={(date) => onPick({ symbol, date })}
              exportName={`kline-${symbol}`}
            />
          )
        ) : bars.isError ? (
          <ErrorPanel title={t("barsError")} error={bars.error} onRetry={() => void bars.refetch()} />
        ) : (
          <Loading height={HEIGHT} />
        )}
        <WhyPanel result={result} picked={picked?.symbol === symbol ? picked : null} onClose={() => onPick(null)} />
      </div>
    </div>
  );
}
