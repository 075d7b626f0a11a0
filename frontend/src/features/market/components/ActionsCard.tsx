import { useQuery } from "@tanstack/react-query";

import { localText, useLanguage } from "@/app/i18n/local";
import { ErrorPanel } from "@/ui/state";

import { actionsQuery, type CorporateActionItem } from "../api";
import { actionsTexts } from "./ActionsCard.i18n";
import "./ActionsCard.css";

/** What a stock gave its holders: the last ex-date at once, all of them when opened. */
export function ActionsCard({ symbol }: { symbol: string }) {
  const t = actionsTexts.useText();
  const language = useLanguage();
  const { data: actions, error, refetch } = useQuery(actionsQuery(symbol));
  if (error !== null && actions === undefined) {
    return (
      <section className="panel">
        <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />
      </section>
    );
  }
  const [latest] = actions ?? [];
  return (
    <details className="panel rules-card">
      <summary>
        <h2 className="rules-title">{t("title")}</h2>
        {actions?.length === 0 && <span className="soft">{t("none")}</span>}
        {latest !== undefined && (
          <>
            <span className="soft">{t("count", { count: actions?.length ?? 0 })}</span>
            <span>
              {latest.ex_date} <strong>{localText(latest, "words", language)}</strong>
            </span>
          </>
        )}
      </summary>
      {actions?.length === 0 && <p className="rules-foot soft">{t("noneHelp")}</p>}
      {latest !== undefined && (
        <div className="actions-scroll">
          <table className="actions-table">
            <thead>
              <tr className="soft">
                <th scope="col">{t("exDate")}</th>
                <th scope="col">{t("plan")}</th>
                {DAYS.map(([field, label]) => (
                  <th scope="col" key={field}>
                    {t(label)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {actions?.map((action) => (
                <tr key={action.ex_date}>
                  <td>{action.ex_date}</td>
                  <td>{localText(action, "words", language)}</td>
                  {DAYS.map(([field]) => (
                    <td key={field}>{action[field] ?? "–"}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}

const DAYS = [
  ["announced", "announced"],
  ["record_date", "record"],
  ["pay_date", "pay"],
  ["list_date", "list"],
] as const satisfies readonly (readonly [keyof CorporateActionItem, string])[];
