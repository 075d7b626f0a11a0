import { useQuery } from "@tanstack/react-query";
import { Alert } from "antd";
import { useMemo, useRef } from "react";

import { explain } from "@/api/errors";
import { KLine } from "@/ui/kline";
import { ErrorPanel, Loading } from "@/ui/state";
import { useHeight } from "@/ui/useHeight";

import { barsQuery, catalogueQuery, indicatorsQuery, type InstrumentDetail } from "../api";
import { marketTexts } from "../i18n";
import { drawn, indicatorNames } from "../logic/indicators";
import { barsIn } from "../logic/ranges";
import { useMarketPrefs } from "../store";
import { Toolbar } from "./Toolbar";

const LEAST_HEIGHT = 420;
/** Fewer bars than this look like a mistake: a young stock still fills the chart. */
const LEAST_BARS = 20;

interface StockChartProps {
  stock: InstrumentDetail;
  /** A candle of the daily chart was clicked. */
  onPick: (day: string) => void;
}

/** The K-line of a stock as the reader wants it. */
export default function StockChart({ stock, onPick }: StockChartProps) {
  const t = marketTexts.useText();
  const { interval, adjust, range, active, parameters } = useMarketPrefs();
  const choice = useMemo(() => ({ interval, adjust }), [interval, adjust]);
  const place = useRef<HTMLDivElement>(null);
  const height = useHeight(place, LEAST_HEIGHT);

  const bars = useQuery(barsQuery(stock.symbol, choice));
  const { data: catalogue = [] } = useQuery(catalogueQuery);
  const names = useMemo(() => indicatorNames(catalogue, { active, parameters }), [catalogue, active, parameters]);
  const indicators = useQuery(indicatorsQuery(stock.symbol, choice, names));
  const lines = useMemo(() => {
    const points = bars.data?.time.length;
    // Of other bars than those shown (one of the two was read before new bars came in): nothing would line up.
    const fits = names.length > 0 && indicators.data?.time.length === points;
    return drawn(fits ? (indicators.data?.indicators ?? []) : []);
  }, [bars.data, indicators.data, names]);

  return (
    <section className="panel market-chart">
      <Toolbar stock={stock} asOf={bars.data?.as_of ?? null} />
      {bars.data?.thinned === true && (
        <p className="market-note soft">
          {t("thinned", { total: bars.data.total.toLocaleString("en-US"), shown: bars.data.time.length.toLocaleString("en-US") })}
        </p>
      )}
      {indicators.isError && (
        <Alert type="warning" showIcon title={t("indicatorError", { message: explain(indicators.error).message })} />
      )}
      <div ref={place} className="market-canvas">
        {bars.data !== undefined ? (
          <KLine
            label={t("chart", { name: stock.name, interval: t(`interval.${interval}`) })}
            bars={bars.data}
            tick={stock.price_tick}
            overlays={lines.overlays}
            panes={lines.panes}
            height={height}
            initialBars={Math.max(LEAST_BARS, barsIn(bars.data.time, range))}
            exportName={`${stock.symbol}-${interval}-${adjust}`}
            onBar={interval === "1d" && !bars.data.thinned ? onPick : undefined}
          />
        ) : bars.isError ? (
          <ErrorPanel title={t("barsError")} error={bars.error} onRetry={() => void bars.refetch()} />
        ) : (
          <Loading height={height} />
        )}
      </div>
    </section>
  );
}
