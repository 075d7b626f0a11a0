import { useQuery } from "@tanstack/react-query";
import { Popover } from "antd";
import { Fragment } from "react";

import { useLanguage } from "@/app/i18n/local";
import { ErrorPanel } from "@/ui/state";

import { rulesQuery, type DayLimit, type InstrumentDetail, type RuleStatement } from "../api";
import { rulesTexts } from "./RulesCard.i18n";
import "./RulesCard.css";

/** The exchange's rules on the chart's last day: the limit prices at once, all of them with sources when opened. */
export function RulesCard({ stock }: { stock: InstrumentDetail }) {
  const t = rulesTexts.useText();
  const language = useLanguage();
  const { data: rules, error, refetch } = useQuery(rulesQuery(stock.symbol, stock.last_date));
  if (error !== null && rules === undefined) {
    return (
      <section className="panel">
        <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />
      </section>
    );
  }
  return (
    <details className="panel rules-card">
      <summary>
        <h2 className="rules-title">{t("title")}</h2>
        {rules !== undefined && (
          <>
            <span className="soft">{t("day", { date: rules.date })}</span>
            {rules.statements.length > 0 && (rules.limit === null ? <span>{t("noLimit")}</span> : <Limit limit={rules.limit} />)}
            {rules.next_limit !== null && (
              <span className="soft" title={t("nextTip")}>
                {t("next")} <Limit limit={rules.next_limit} />
              </span>
            )}
          </>
        )}
      </summary>
      {rules !== undefined && (
        <>
          {rules.statements.length === 0 && <p className="rules-foot soft">{t("notTraded")}</p>}
          {rules.statements.length > 0 && (
            <dl className="rules-list">
              {rules.statements.map((statement) => (
                <Fragment key={statement.id}>
                  <dt className="soft">{t(`topic.${statement.topic}`)}</dt>
                  <dd>{statement[language]}</dd>
                  <dd>
                    <Source statement={statement} />
                  </dd>
                </Fragment>
              ))}
            </dl>
          )}
          <div className="rules-foot soft">
            {rules.assumptions.map((assumed) => (
              <p key={assumed.en}>
                {t("assumed")}: {assumed[language]}
              </p>
            ))}
            <p>{t("version", { version: rules.rules_version })}</p>
          </div>
        </>
      )}
    </details>
  );
}

function Limit({ limit }: { limit: DayLimit }) {
  const t = rulesTexts.useText();
  return (
    <span>
      {t("limitUp")} <strong className="up">{limit.up}</strong> · {t("limitDown")} <strong className="down">{limit.down}</strong>
    </span>
  );
}

function Source({ statement }: { statement: RuleStatement }) {
  const t = rulesTexts.useText();
  const language = useLanguage();
  const { since, until, source, uncertain, note } = statement;
  return (
    <Popover
      trigger={["hover", "click", "focus"]}
      placement="topRight"
      content={
        <div className="rules-origin">
          <strong>{source[language]}</strong>
          <span className="soft">
            {source.date !== null && `${source.date} · `}
            {until === null ? t("from", { since }) : t("span", { since, until })}
          </span>
          {note !== null && <span>{note[language]}</span>}
        </div>
      }
    >
      <button
        type="button"
        className="rules-source"
        data-uncertain={uncertain}
        aria-label={t("sourceOf", { rule: t(`topic.${statement.topic}`) })}
      >
        {t(uncertain ? "uncertain" : "source")}
      </button>
    </Popover>
  );
}
