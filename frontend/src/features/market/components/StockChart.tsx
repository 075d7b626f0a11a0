import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useMemo, useRef, useState } from "react";

import { ApiError, explain } from "@/api/errors";
import { KLine } from "@/ui/kline";
import { ErrorPanel, Loading } from "@/ui/state";
import { useHeight } from "@/ui/useHeight";

import { barsQuery, catalogueQuery, indicatorsQuery, type BarSeries, type InstrumentDetail, type Interval } from "../api";
import { marketTexts } from "../i18n";
import { intradayQuery } from "../intraday/api";
import { intradayTexts } from "../intraday/i18n";
import { IntradayPane } from "../intraday/IntradayPane";
import { MinuteOrigin } from "../intraday/MinuteOrigin";
import { NoMinutes } from "../intraday/NoMinutes";
import { drawn, indicatorNames } from "../logic/indicators";
import { openInterestPane, shownBars } from "../logic/bars";
import { barsIn } from "../logic/ranges";
import { firstDay, isDays, isMinutes } from "../logic/views";
import { useMarketPrefs } from "../store";
import { Toolbar } from "./Toolbar";
import "../intraday/intraday.css";

const LEAST_HEIGHT = 420;
/** Fewer bars than this look like a mistake: a young stock still fills the chart. */
const LEAST_BARS = 20;
/** Minute bars shown at first. */
const MINUTE_BARS = 240;

interface StockChartProps {
  stock: InstrumentDetail;
  /** A candle of the daily chart was clicked. */
  onPick: (day: string) => void;
}

/** The chart of an instrument as the reader wants it: single days, or bars of an interval. */
export default function StockChart({ stock, onPick }: StockChartProps) {
  const view = useMarketPrefs(({ interval }) => interval);
  const [until, setUntil] = useState<string | null>(null);
  return isDays(view) ? (
    <DaysChart stock={stock} view={view} until={until} onUntil={setUntil} />
  ) : (
    <BarsChart stock={stock} interval={view} until={until} onUntil={setUntil} onPick={onPick} />
  );
}

interface DaysChartProps {
  stock: InstrumentDetail;
  view: "day" | "5day";
  until: string | null;
  onUntil: (day: string | null) => void;
}

/** Single days minute by minute. */
function DaysChart({ stock, view, until, onUntil }: DaysChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const height = useHeight(place, LEAST_HEIGHT);
  const { data } = useQuery(intradayQuery(stock.symbol, view === "5day" ? 5 : 1, until));
  const shown = data && { stored_interval: data.interval, source: data.source, updated_at: data.updated_at };
  return (
    <section className="panel market-chart">
      <Toolbar stock={stock} asOf={null} until={until} onUntil={onUntil} />
      <MinuteOrigin stock={stock} view={view} shown={shown} raw={false} />
      <div ref={place} className="market-canvas">
        <IntradayPane stock={stock} view={view} until={until} onUntil={onUntil} height={height} />
      </div>
    </section>
  );
}

interface BarsChartProps extends StockChartProps {
  interval: Interval;
  until: string | null;
  onUntil: (day: string | null) => void;
}

/** The K-line of an interval. */
function BarsChart({ stock, interval, until, onUntil, onPick }: BarsChartProps) {
  const t = marketTexts.useText();
  const tView = intradayTexts.useText();
  const { adjust, range, active, parameters } = useMarketPrefs();
  const minutes = isMinutes(interval);
  const end = minutes ? until : null;
  const newest = stock.minutes.map(({ last }) => last).sort().at(-1) ?? stock.last_date;
  const start = minutes && newest !== null ? firstDay(interval, end ?? newest) : null;
  const choice = useMemo(() => ({ interval, adjust, start, end }), [interval, adjust, start, end]);
  const place = useRef<HTMLDivElement>(null);
  const height = useHeight(place, LEAST_HEIGHT);

  const bars = useQuery(barsQuery(stock.symbol, choice));
  const { data: catalogue = [] } = useQuery(catalogueQuery);
  const names = useMemo(() => indicatorNames(catalogue, { active, parameters }), [catalogue, active, parameters]);
  const indicators = useQuery(indicatorsQuery(stock.symbol, choice, names));
  const shown = useMemo(() => bars.data && shownBars(bars.data, stock.kind), [bars.data, stock.kind]);
  const lines = useMemo(() => {
    const points = bars.data?.time.length;
    // Of other bars than those shown (one of the two was read before new bars came in): nothing would line up.
    const fits = names.length > 0 && indicators.data?.time.length === points;
    const { overlays, panes } = drawn(fits ? (indicators.data?.indicators ?? []) : []);
    const held = bars.data && openInterestPane(bars.data, t("openInterest"));
    return { overlays, panes: held ? [held, ...panes] : panes };
  }, [bars.data, indicators.data, names, t]);
  const none = bars.error instanceof ApiError && bars.error.code === "bars_not_stored";

  return (
    <section className="panel market-chart">
      <Toolbar stock={stock} asOf={bars.data?.as_of ?? null} until={until} onUntil={onUntil} />
      {minutes && <MinuteOrigin stock={stock} view={interval} shown={bars.data} raw={isRaw(bars.data, adjust, stock)} />}
      {bars.data?.thinned === true && (
        <p className="market-note soft">
          {t("thinned", { total: bars.data.total.toLocaleString("en-US"), shown: bars.data.time.length.toLocaleString("en-US") })}
        </p>
      )}
      {indicators.isError && !none && (
        <Alert type="warning" showIcon title={t("indicatorError", { message: explain(indicators.error).message })} />
      )}
      <div ref={place} className="market-canvas">
        {shown !== undefined && bars.data !== undefined ? (
          shown.time.length === 0 && end !== null ? (
            <NoMinutes stock={stock} view={interval} until={end} onLatest={() => onUntil(null)} />
          ) : (
            <KLine
              label={t("chart", { name: stock.name, interval: tView(`view.${interval}`) })}
              bars={shown}
              tick={stock.price_tick}
              overlays={lines.overlays}
              panes={lines.panes}
              height={height}
              initialBars={minutes ? MINUTE_BARS : Math.max(LEAST_BARS, barsIn(bars.data.time, range))}
              exportName={`${stock.symbol}-${interval}-${adjust}`}
              onBar={interval === "1d" && !bars.data.thinned ? onPick : undefined}
            />
          )
        ) : none ? (
          <NoMinutes stock={stock} view={interval} />
        ) : bars.isError ? (
          <ErrorPanel title={t("barsError")} error={bars.error} onRetry={() => void bars.refetch()} />
        ) : (
          <Loading height={height} />
        )}
      </div>
    </section>
  );
}

/** Say whether adjusted prices were wanted of what has them, and could not be made. */
function isRaw(bars: BarSeries | undefined, adjust: BarSeries["adjust"], { kind }: InstrumentDetail): boolean {
  const adjustable = kind === "stock" || kind === "etf" || kind === "fund";
  return adjustable && bars !== undefined && adjust !== "none" && bars.adjust === "none";
}
