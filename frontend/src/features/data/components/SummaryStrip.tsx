import { useQuery } from "@tanstack/react-query";

import { useLanguage } from "@/app/i18n/local";
import { formatBytes, formatCompact, formatExact } from "@/ui/format";
import { ErrorPanel, Skeleton } from "@/ui/state";

import { summaryQuery } from "../api";
import { dataTexts } from "../i18n";
import { useSourceName } from "../sources/names";
import "./data.css";

/** What is stored, in one strip. */
export function SummaryStrip() {
  const t = dataTexts.useText();
  const language = useLanguage();
  const name = useSourceName();
  const { data, isError, error, refetch } = useQuery(summaryQuery);
  if (isError && data === undefined) return <ErrorPanel title={t("summaryError")} error={error} onRetry={() => void refetch()} />;
  const facts: [fact: string, value: string | undefined, exact?: string | undefined][] = [
    [t("symbols"), data && formatExact(data.symbols)],
    [t("simulatedSymbols"), data && formatExact(data.simulated_symbols)],
    [t("rows"), data && `${formatCompact(data.rows, language)} ${t("rowsUnit")}`, data && formatExact(data.rows)],
    [t("range"), data && (data.first === null ? t("none") : `${data.first} – ${data.last ?? ""}`)],
    [t("disk"), data && formatBytes(data.bytes), data && formatExact(data.bytes)],
    [t("sources"), data && (data.online_sources.length === 0 ? t("noSources") : data.online_sources.map(name).join("、"))],
  ];
  return (
    <dl className="summary-strip">
      {facts.map(([fact, value, title]) => (
        <div key={fact}>
          <dt>{fact}</dt>
          <dd title={title}>{value ?? <Skeleton height={24} />}</dd>
        </div>
      ))}
    </dl>
  );
}
