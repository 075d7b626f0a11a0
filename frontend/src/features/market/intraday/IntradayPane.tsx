import { useQuery } from "@tanstack/react-query";

import { ApiError } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";
import { formatPercent, formatPrice, formatVolume } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import type { InstrumentDetail } from "../api";
import { intradayQuery } from "./api";
import { intradayTexts } from "./i18n";
import { IntradayChart } from "./IntradayChart";
import { NoMinutes } from "./NoMinutes";

/** Pixels of the figures and of the chart's own line above the drawing. */
const HEAD = 64;

interface IntradayPaneProps {
  stock: InstrumentDetail;
  view: "day" | "5day";
  /** The last day; null: the newest stored one. */
  until: string | null;
  onUntil: (day: string | null) => void;
  height: number;
}

/** One day, or five, minute by minute. */
export function IntradayPane({ stock, view, until, onUntil, height }: IntradayPaneProps) {
  const t = intradayTexts.useText();
  const { data, error, refetch, isPlaceholderData } = useQuery(intradayQuery(stock.symbol, view === "day" ? 1 : 5, until));
  if (error instanceof ApiError && error.code === "bars_not_stored") return <NoMinutes stock={stock} view={view} />;
  if (error !== null && data === undefined) {
    return <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined) return <Loading height={height} />;
  if (data.days.length === 0) return <NoMinutes stock={stock} view={view} until={until} onLatest={() => onUntil(null)} />;
  return (
    <div aria-busy={isPlaceholderData}>
      <DayFigures stock={stock} days={data.days} />
      <IntradayChart
        label={t("chart", { name: stock.name, view: t(`view.${view}`) })}
        days={data.days}
        tick={stock.price_tick}
        lot={stock.kind === "future" ? 1 : 100}
        height={height - HEAD}
        exportName={`${stock.symbol}-${view}`}
      />
    </div>
  );
}

/** The last price of the last day, and what its change is counted from. */
function DayFigures({ stock, days }: { stock: InstrumentDetail; days: Parameters<typeof IntradayChart>[0]["days"] }) {
  const t = intradayTexts.useText();
  const language = useLanguage();
  const day = days.at(-1);
  const last = day?.price.at(-1);
  if (day === undefined || last === undefined) return null;
  const change = day.base === null ? null : last / day.base - 1;
  const way = change === null || change === 0 ? undefined : change > 0 ? "up" : "down";
  const volume = day.volume.reduce((sum, value) => sum + value, 0);
  const average = day.average.at(-1) ?? null;
  return (
    <p className="intraday-figures">
      <span>{day.date}</span>
      <strong className={way}>{formatPrice(last, stock.price_tick)}</strong>
      <span className={way}>{formatPercent(change, { sign: true })}</span>
      {average !== null && (
        <span>
          <span className="soft">{t("average")}</span> {formatPrice(average, stock.price_tick)}
        </span>
      )}
      <span>
        <span className="soft">{t("volume")}</span> {formatVolume(volume, language, { lot: stock.kind === "future" ? 1 : 100 })}
      </span>
      {day.base !== null && day.base_kind !== null ? (
        <span>
          <span className="soft">{t(`base.${day.base_kind}`)}</span> {formatPrice(day.base, stock.price_tick)}
        </span>
      ) : (
        <span className="soft">{t("noBase")}</span>
      )}
    </p>
  );
}
