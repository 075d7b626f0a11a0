import { useQuery } from "@tanstack/react-query";

import { Empty, ErrorPanel, Loading } from "@/ui/state";

import type { PartProps } from "./CompanyPanel";
import { namesQuery } from "./api";
import { companyTexts } from "./i18n";
import { NoTable } from "./NoTable";
import { Origin } from "./Origin";

/** The names that an instrument has had, newest first, and the days on which its bars carry the risk warning. */
export function NamesPart({ stock, asOf, onAsk }: PartProps) {
  const t = companyTexts.useText();
  const { data, error, isPlaceholderData, refetch } = useQuery(namesQuery(stock.symbol, asOf));
  if (error !== null && data === undefined) return <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading height={240} />;
  const flagged = data.flagged.length > 0 && (
    <ul className="company-flagged">
      {[...data.flagged].reverse().map(({ first, last }) => (
        <li key={first}>
          <span className="tag" data-tone="warning">
            ST
          </span>{" "}
          {t("flagged", { first, last })}
        </li>
      ))}
    </ul>
  );
  if (data.stored === null) {
    return (
      <>
        <NoTable stock={stock} title={t("none.names")} />
        {flagged}
      </>
    );
  }
  const items = [...data.items].reverse();
  return (
    <div className="company-part" aria-busy={isPlaceholderData}>
      <div className="company-choices">
        <Origin stock={stock} table="names" stored={data.stored} />
      </div>
      {items.length === 0 ? (
        <Empty title={asOf === null ? t("noNames") : t("noneThen", { day: asOf })} />
      ) : (
        <ol className="company-timeline">
          {items.map((item, at) => (
            <li key={item.key.join(" ")} data-st={item.is_st}>
              <span className="company-since soft">{item.since ?? t("sinceUnknown")}</span>
              <button
                type="button"
                className="company-figure"
                title={t("figureTip")}
                onClick={() => onAsk({ kind: "row", dataset: "names", rowKey: item.key, label: item.name })}
              >
                {item.name}
              </button>
              {at === 0 && asOf === null && <span className="tag">{t("nameNow")}</span>}
              {item.is_st && (
                <span className="tag" data-tone="warning">
                  {t("st")}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      {flagged}
    </div>
  );
}
