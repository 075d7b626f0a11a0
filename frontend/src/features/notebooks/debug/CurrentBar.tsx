import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";

import { useLanguage } from "@/app/i18n/local";
import { barsQuery, type Adjust } from "@/features/market/api";
import { formatNumber, formatVolume } from "@/ui/format";
import { Skeleton } from "@/ui/state";

import { debugTexts } from "./i18n";
import type { CurrentBar as Bar } from "./logic/session";

const BarChart = lazy(() => import("./BarChart"));
const HEIGHT = 150;
const MONTH_MS = 31 * 86_400_000;

/** The months around a day: the same for all bars of a month, so that steps ask for bars once. */
function around(day: string): { start: string; end: string } {
  const first = Date.parse(`${day.slice(0, 7)}-01`);
  const text = (instant: number) => new Date(instant).toISOString().slice(0, 10);
  return { start: text(first - 4 * MONTH_MS), end: text(first + 2 * MONTH_MS) };
}

/** The bar that a stopped strategy is called for: in figures, and among its neighbours. */
export function CurrentBar({ bar, adjust }: { bar: Bar; adjust: Adjust }) {
  const t = debugTexts.useText();
  const language = useLanguage();
  const day = bar.time.slice(0, 10);
  const bars = useQuery(barsQuery(bar.symbol, { interval: "1d", adjust, ...around(day) }));
  return (
    <div className="debug-bar">
      <div>
        <strong>{bar.symbol}</strong> <time dateTime={bar.time}>{bar.time.replace("T", " ")}</time>
      </div>
      <dl>
        {(["open", "high", "low", "close"] as const).map((name) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>{formatNumber(bar[name])}</dd>
          </div>
        ))}
        <div>
          <dt>{t("volume")}</dt>
          <dd>{formatVolume(bar.volume, language)}</dd>
        </div>
      </dl>
      {bars.data !== undefined ? (
        <Suspense fallback={<Skeleton height={HEIGHT} />}>
          <BarChart bars={bars.data} time={day} symbol={bar.symbol} />
        </Suspense>
      ) : bars.isError ? (
        <p className="soft">{t("barsNone")}</p>
      ) : (
        <Skeleton height={HEIGHT} />
      )}
    </div>
  );
}
