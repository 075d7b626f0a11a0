import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useMemo, useRef, useState } from "react";

import { useLanguage } from "@/app/i18n/local";
import { formatPrice } from "@/ui/format";
import { KLine, type BarEvent } from "@/ui/kline";
import { ErrorPanel, Loading } from "@/ui/state";
import { useHeight } from "@/ui/useHeight";

import { intradayTexts } from "../intraday/i18n";
import { openInterestPane, shownBars } from "../logic/bars";
import { continuousQuery, type BackAdjust, type ContinuousSeries, type FuturesProduct, type RollRule } from "./api";
import { futuresTexts } from "./i18n";
import { rollPlaces } from "./logic";

const INTERVALS = ["5m", "30m", "60m", "1d", "1w", "1M"] as const;
const RULES: readonly RollRule[] = ["open_interest", "volume"];
const ADJUSTS: readonly BackAdjust[] = ["none", "difference", "ratio"];
const HEIGHT = 420;

/** The spliced main series with its rolls and the open interest. */
export function MainSeries({ product }: { product: FuturesProduct }) {
  const t = futuresTexts.useText();
  const tView = intradayTexts.useText();
  const language = useLanguage();
  const [rule, setRule] = useState<RollRule>("open_interest");
  const [adjust, setAdjust] = useState<BackAdjust>("none");
  const [interval, setInterval] = useState<(typeof INTERVALS)[number]>("1d");
  const place = useRef<HTMLDivElement>(null);
  const height = useHeight(place, HEIGHT);
  const choice = useMemo(() => ({ rule, adjust, interval }), [rule, adjust, interval]);
  const { data, error, refetch, isPlaceholderData } = useQuery(continuousQuery(product.symbol, choice));
  const bars = useMemo(() => data && shownBars(data.bars, "future"), [data]);
  const panes = useMemo(() => {
    const held = data && openInterestPane(data.bars, t("openInterest"));
    return held ? [held] : [];
  }, [data, t]);
  const events = useMemo<BarEvent[]>(
    () =>
      (data === undefined ? [] : rollPlaces(data)).map(({ time, roll }) => ({
        time,
        letter: t("rollLetter"),
        text: t(roll.forced ? "rollForced" : "roll", {
          old: roll.old,
          new: roll.new,
          decided: roll.decided,
          oldClose: formatPrice(roll.old_close, product.price_tick),
          newClose: formatPrice(roll.new_close, product.price_tick),
        }),
      })),
    [data, product, t],
  );
  return (
    <section className="panel market-chart">
      <div className="market-tools">
        <Segmented
          aria-label={t("interval")}
          value={interval}
          onChange={setInterval}
          options={INTERVALS.map((value) => ({ value, label: tView(`view.${value}`) }))}
        />
        <span className="futures-choice">
          <span className="soft">{t("rule")}</span>
          <Segmented
            aria-label={t("rule")}
            value={rule}
            onChange={setRule}
            options={RULES.map((value) => ({ value, label: t(`rule.${value}`) }))}
          />
        </span>
        <span className="futures-choice">
          <span className="soft">{t("adjust")}</span>
          <Segmented
            aria-label={t("adjust")}
            value={adjust}
            onChange={setAdjust}
            options={ADJUSTS.map((value) => ({ value, label: t(`adjust.${value}`) }))}
          />
        </span>
      </div>
      <p className="market-note soft">
        {data !== undefined && <RollLine rolls={data.rolls} />} {t("ruleHelp")}
      </p>
      <div ref={place} className="market-canvas" aria-busy={isPlaceholderData}>
        {bars !== undefined && error === null ? (
          <KLine
            label={t("mainChart", { name: product.name[language], interval: tView(`view.${interval}`) })}
            bars={bars}
            tick={adjust === "ratio" ? product.price_tick / 10 : product.price_tick}
            panes={panes}
            events={events}
            height={height}
            exportName={`${product.symbol}-${rule}-${adjust}-${interval}`}
          />
        ) : error !== null ? (
          <ErrorPanel title={t("seriesError")} error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading height={height} />
        )}
      </div>
    </section>
  );
}

function RollLine({ rolls }: Pick<ContinuousSeries, "rolls">) {
  const t = futuresTexts.useText();
  const last = rolls.at(-1);
  return <strong>{last === undefined ? t("noRolls") : t("rolls", { count: rolls.length, date: last.date, old: last.old, new: last.new })}</strong>;
}
