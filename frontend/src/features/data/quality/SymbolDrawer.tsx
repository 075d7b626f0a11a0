import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";
import { formatInstant } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";
import { undoKey } from "@/ui/undo/useUndo";

import { symbolQuery, useRepair, type CheckedInterval, type ToldFinding } from "./api";
import { BarsAround } from "./BarsAround";
import { qualityTexts } from "./i18n";
import { Score } from "./Score";

interface SymbolDrawerProps {
  /** Null closes. */
  symbol: string | null;
  interval: CheckedInterval;
  onClose: () => void;
}

/** One symbol, checked as it is stored now: its findings, the rows around each, quarantine and repair. */
export function SymbolDrawer({ symbol, interval, onClose }: SymbolDrawerProps) {
  const t = qualityTexts.useText();
  return (
    <Drawer open={symbol !== null} onClose={onClose} size="min(1040px, 96vw)" destroyOnHidden title={t("drawer", { symbol: symbol ?? "" })}>
      {symbol !== null && <SymbolFindings key={`${symbol}-${interval}`} symbol={symbol} interval={interval} />}
    </Drawer>
  );
}

const idOf = ({ date, at, kind }: ToldFinding) => `${at ?? date}-${kind}`;

function SymbolFindings({ symbol, interval }: { symbol: string; interval: CheckedInterval }) {
  const t = qualityTexts.useText();
  const language = useLanguage();
  const { message, notification } = App.useApp();
  const query = useQuery(symbolQuery(symbol, interval));
  const repair = useRepair();
  const [chosen, setChosen] = useState<string | null>(null);
  const findings = query.data?.findings;
  const columns = useMemo<Column<ToldFinding>[]>(
    () => [
      { key: "date", title: t("columnDate"), width: interval === "1d" ? "104px" : "160px", value: (row) => row.at ?? row.date, render: (row) => (row.at === null ? row.date : formatInstant(row.at)) },
      { key: "severity", title: t("columnSeverity"), width: "72px", value: (row) => row.severity, render: (row) => <span className="quality-severity" data-severity={row.severity}>{t(`severity.${row.severity}`)}</span> },
      { key: "kind", from: 560, title: t("columnKind"), width: "minmax(112px, 1fr)", value: (row) => row[`name_${language}`] },
      { key: "told", title: t("columnTold"), width: "minmax(220px, 3fr)", value: (row) => row[language], render: (row) => <span title={row[language]}>{row[language]}</span> },
    ],
    [t, language, interval],
  );
  if (query.isError && query.data === undefined) return <ErrorPanel title={t("findingsError")} error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined || findings === undefined) return <Loading rows={8} />;
  const { quality, quarantined, truncated } = query.data;
  const finding = findings.find((one) => idOf(one) === chosen) ?? findings.find(({ severity }) => severity !== "info") ?? findings[0];
  const restore = (date: string) =>
    repair.mutate(
      { symbol, dates: [date], action: "restore" },
      {
        onSuccess: () => {
          notification.destroy(undoKey(`${symbol} ${date}`));
          void message.success(t("restored", { date }));
        },
        onError: (error) => notification.error({ title: t("restoreFailed"), description: explain(error).message, duration: 0 }),
      },
    );
  return (
    <div className="quality-drawer">
      <p className="quality-facts">
        <strong>{quality.name}</strong>
        <span>
          {t("columnScore")} <Score score={quality.score} />
        </span>
        <span className="soft">
          {quality.first} – {quality.last}
        </span>
        <Link to={`/market/${symbol}`}>{t("openChart")}</Link>
      </p>
      {findings.length === 0 ? (
        <Empty title={t("findingsNone")}>{t("findingsNoneText")}</Empty>
      ) : (
        <DataTable
          label={t("findings")}
          columns={columns}
          rows={findings}
          rowKey={idOf}
          maxHeight={320}
          selected={finding === undefined ? null : idOf(finding)}
          onRowClick={(row) => setChosen(idOf(row))}
          exportName={`quality-${symbol}`}
        />
      )}
      {truncated && <p className="soft">{t("truncated")}</p>}
      {finding !== undefined && <BarsAround key={idOf(finding)} symbol={symbol} interval={interval} finding={finding} />}
      {quarantined.length > 0 && (
        <section aria-label={t("inQuarantine")}>
          <h2>{t("inQuarantine")}</h2>
          <ul className="quality-kept">
            {quarantined.map((one) => (
              <li key={`${one.date}-${one.at}`}>
                <strong>{one.date}</strong>
                <span className="soft">{t("quarantinedBy", { user: one.username, at: formatInstant(one.at), close: one.bar.close ?? "—" })}</span>
                <Button size="small" loading={repair.isPending} onClick={() => restore(one.date)}>
                  {t("restore")}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
