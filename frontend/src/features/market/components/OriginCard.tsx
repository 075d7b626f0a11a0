import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useState } from "react";

import { barDifferencesQuery } from "@/features/data/sources/api";
import { sourceTexts } from "@/features/data/sources/i18n";
import { useSourceName } from "@/features/data/sources/names";
import { formatExact, formatInstant, formatPrice } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { provenanceQuery, type BarVersion, type InstrumentDetail } from "../api";
import { originTexts } from "./OriginCard.i18n";
import "./ActionsCard.css";
import "./RulesCard.css";

interface OriginCardProps {
  stock: InstrumentDetail;
  /** The day of the candle that was clicked; null before one was. */
  picked: string | null;
  onPick: (day: string) => void;
}

/** The versions of one day's bar with where each came from, newest first. */
export default function OriginCard({ stock, picked, onPick }: OriginCardProps) {
  const t = originTexts.useText();
  const [opened, setOpened] = useState(false);
  const [seen, setSeen] = useState(picked);
  if (picked !== seen) {
    setSeen(picked);
    setOpened(true);
  }
  const day = picked ?? stock.last_date ?? "";
  const { data, error, refetch } = useQuery({ ...provenanceQuery(stock.symbol, day), enabled: opened && day !== "" });
  return (
    <details className="panel rules-card" open={opened} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>
        <h2 className="rules-title">{t("title")}</h2>
        <span className="soft">{opened ? day : t("hint")}</span>
      </summary>
      <p className="rules-foot">
        <label>
          {t("day")}{" "}
          <Input
            type="date"
            style={{ width: 160 }}
            value={day}
            min={stock.first_date ?? undefined}
            max={stock.last_date ?? undefined}
            onChange={(event) => event.target.value !== "" && onPick(event.target.value)}
          />
        </label>
      </p>
      {error !== null && data === undefined && (
        <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />
      )}
      {opened && error === null && data === undefined && <Loading height={80} />}
      {data?.versions.length === 0 && (
        <p className="rules-foot soft">
          {t("none")} {t("noneHelp")}
        </p>
      )}
      {data !== undefined && data.versions.length > 0 && <Versions versions={data.versions} tick={stock.price_tick} />}
      {opened && day !== "" && <Differences symbol={stock.symbol} day={day} />}
    </details>
  );
}

/** What other sources say of the same bar, where they were asked and differ. */
function Differences({ symbol, day }: { symbol: string; day: string }) {
  const t = originTexts.useText();
  const field = sourceTexts.useText();
  const name = useSourceName();
  const { data } = useQuery(barDifferencesQuery(symbol, day));
  if (data === undefined || data.items.length === 0) return null;
  return (
    <div className="rules-foot">
      <p>{t("differs")}</p>
      <ul>
        {data.items.map((one) => {
          const key = `field.${one.field}`;
          return (
            <li key={one.id}>
              {t("difference", {
                field: sourceTexts.has(key) ? field(key) : one.field,
                first: name(one.first_source),
                firstValue: formatExact(one.first_value),
                second: name(one.second_source),
                secondValue: formatExact(one.second_value),
              })}{" "}
              <span className="soft">{one.settled_at === null ? "" : t("settled", { at: formatInstant(one.settled_at) })}</span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const PRICES = ["open", "high", "low", "close"] as const;

function Versions({ versions, tick }: { versions: readonly BarVersion[]; tick: number }) {
  const t = originTexts.useText();
  const name = useSourceName();
  return (
    <div className="actions-scroll">
      <table className="actions-table">
        <thead>
          <tr className="soft">
            {(["state", "source", "fetched", ...PRICES, "volume", "parser", "asOf"] as const).map((name) => (
              <th scope="col" key={name}>
                {t(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versions.map((one) => (
            <tr key={`${one.since} ${one.source}`}>
              <td>
                {one.until === null
                  ? t("holds")
                  : t(one.deleted ? "deleted" : "replaced", { until: formatInstant(one.until) })}
              </td>
              <td>{name(one.source)}</td>
              <td>{formatInstant(one.fetched_at)}</td>
              {PRICES.map((name) => (
                <td key={name}>{one[name] === null ? "–" : formatPrice(one[name], tick)}</td>
              ))}
              <td>{one.suspended ? t("suspended") : one.volume === null ? "–" : formatExact(one.volume)}</td>
              <td>{one.parser ?? "–"}</td>
              <td>{one.as_of ?? "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
