import { CloseOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "react-router";

import { localText, useLanguage } from "@/app/i18n/local";
import { formatExact, formatNumber } from "@/ui/format";
import { Skeleton } from "@/ui/state";

import { dayRulesQuery, type BacktestResult, type Order, type Rejection } from "../api";
import { backtestTexts } from "../i18n";
import { refusedOn, wantedOf, type RefusedOrder } from "../logic/refusals";
import { reportTexts } from "./i18n";
import "./sections.css";

const shares = (value: number) => formatNumber(value, { digits: 0 });
const price = (value: string | null | undefined) => formatNumber(value, { digits: 3 });

/** Name a figure that a rule compared; one that is new to the page keeps its own name. */
const numberName = (name: string): string => {
  const key = `number.${name}`;
  return reportTexts.has(key) ? reportTexts.text(key) : name;
};

export interface Picked {
  symbol: string;
  date: string;
}

interface WhyPanelProps {
  result: BacktestResult;
  picked: Picked | null;
  onClose: () => void;
}

/** Why orders of one candle were not filled: what was wanted, what was allowed, the rule with its source, and how it ended. */
export function WhyPanel({ result, picked, onClose }: WhyPanelProps) {
  const t = reportTexts.useText();
  const language = useLanguage();
  if (picked === null) {
    return (
      <section className="why-panel" aria-label={t("why")}>
        <header>
          <h3>{t("why")}</h3>
        </header>
        <p className="soft">{t("whyHint")}</p>
      </section>
    );
  }
  const refused = refusedOn(result, picked.symbol, picked.date);
  const actions = (result.actions ?? []).filter(({ symbol, date }) => symbol === picked.symbol && date === picked.date);
  return (
    <section className="why-panel" aria-label={t("why")} aria-live="polite">
      <header>
        <h3>
          {t("why")} · {t("whyOf", { symbol: picked.symbol, date: picked.date })}
        </h3>
        <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t("closePanel")} onClick={onClose} />
      </header>
      {actions.length > 0 && (
        <div>
          <strong>{t("happened")}</strong>
          {actions.map((action, index) => (
            <p key={index}>{localText(action, "message", language)}</p>
          ))}
        </div>
      )}
      {refused.length === 0 && <p className="soft">{t("whyNone")}</p>}
      {refused.map((item, index) => (
        <RefusedOrderView key={item.orderId ?? `alone-${index}`} item={item} />
      ))}
      <DayFills result={result} picked={picked} />
    </section>
  );
}

function RefusedOrderView({ item: { orderId, order, refusals, next } }: { item: RefusedOrder }) {
  const t = reportTexts.useText();
  const b = backtestTexts.useText();
  const side = refusals[0]?.side ?? "buy";
  return (
    <article className="why-order">
      <h4>
        <span className={side === "buy" ? "up" : "down"}>
          {side === "buy" ? "△" : "▽"} {b(`side.${side}`)}
        </span>
        {order !== null && <span>{b(`type.${order.type}`)}</span>}
        {order?.price != null && <span>{price(order.price)}</span>}
        {orderId !== null && (
          <span className="soft">
            {b("orderNumber")} {orderId}
          </span>
        )}
      </h4>
      {refusals.map((refusal, index) => (
        <RefusalView key={index} refusal={refusal} />
      ))}
      <div>
        <strong>{t("next")}</strong>
        <p>{order === null ? t("next.none") : endOf(order, t)}</p>
        {next !== null && <p className="soft">{t("nextOrder", { date: next.created, result: `${b(`status.${next.status}`)} ${shares(next.filled)} / ${shares(next.quantity)}` })}</p>}
      </div>
    </article>
  );
}

/** Say in a sentence how an order ended. */
function endOf({ id, status, filled, quantity, average_price, closed, created }: Order, t: ReturnType<typeof reportTexts.useText>): string {
  return t(`next.${status}`, { id, filled: shares(filled), quantity: shares(quantity), price: price(average_price), date: closed ?? created });
}

function RefusalView({ refusal }: { refusal: Rejection }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const facts: [string, string][] = [
    [t("wanted"), t("sharesUnit", { count: shares(wantedOf(refusal)) })],
    [t("allowed"), t("sharesUnit", { count: shares(refusal.allowed) })],
    [t("refused"), t("sharesUnit", { count: shares(refusal.quantity) })],
    ...(refusal.limit == null || refusal.numbers.limit !== undefined ? [] : [[t("limitPrice"), price(refusal.limit)] as [string, string]]),
    ...Object.entries(refusal.numbers).map(([name, value]): [string, string] => [numberName(name), formatExact(value)]),
  ];
  return (
    <div className="why-refusal">
      <p>
        <span className="tag">{t(`rule.${refusal.rule}`)}</span> {localText(refusal, "message", language)}
      </p>
      <dl className="why-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <RuleSource refusal={refusal} />
    </div>
  );
}

/** The rulebook's row that a refusal rests on. */
function RuleSource({ refusal: { rulebook, symbol, date } }: { refusal: Rejection }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const rules = useQuery({ ...dayRulesQuery(symbol, date), enabled: rulebook != null });
  if (rulebook == null) return <p className="why-source">{t("accountRule")}</p>;
  const row = rules.data?.statements.find(({ id }) => id === rulebook);
  return (
    <div className="why-source">
      <strong>{t("rulebook")}</strong>
      {row !== undefined ? (
        <>
          <p>{row[language]}</p>
          <p>
            {row.source[language]}
            {row.source.date == null ? "" : ` · ${row.source.date}`} · {t("rulebookSince", { since: row.since })}
          </p>
        </>
      ) : rules.data !== undefined ? (
        <p>{t("rulebookMissing", { id: rulebook })}</p>
      ) : rules.isError ? (
        <p>{t("rulebookError")}</p>
      ) : (
        <Skeleton height={36} />
      )}
      <Link to={`/market/${symbol}`}>{t("rulebookAll")}</Link>
    </div>
  );
}

function DayFills({ result, picked }: { result: BacktestResult; picked: Picked }) {
  const t = reportTexts.useText();
  const b = backtestTexts.useText();
  const fills = result.fills.filter(({ symbol, date }) => symbol === picked.symbol && date === picked.date);
  if (fills.length === 0) return null;
  return (
    <div className="why-order">
      <strong>{t("filledThatDay")}</strong>
      {fills.map((fill, index) => (
        <p key={index}>
          <span className={fill.side === "buy" ? "up" : "down"}>{fill.side === "buy" ? "▲" : "▼"}</span>{" "}
          {t("fillLine", { side: b(`side.${fill.side}`), quantity: shares(fill.quantity), price: price(fill.price) })}
        </p>
      ))}
    </div>
  );
}
