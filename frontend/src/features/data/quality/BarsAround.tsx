import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";

import { explain } from "@/api/errors";
import { formatExact, formatInstant } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";
import { useUndo } from "@/ui/undo/useUndo";

import { summaryQuery } from "../api";
import { useSourceName } from "../sources/names";
import { rowsQuery, useRepair, type CheckedInterval, type ToldFinding } from "./api";
import { qualityTexts } from "./i18n";
import { canQuarantine, changesOf, FIGURES, isRowOf, isWholeBar } from "./logic";

interface BarsAroundProps {
  symbol: string;
  interval: CheckedInterval;
  finding: ToldFinding;
}

/** The stored bars around a finding, the figure it speaks of marked, and what can be done about it. */
export function BarsAround({ symbol, interval, finding }: BarsAroundProps) {
  const t = qualityTexts.useText();
  const name = useSourceName();
  const { modal, message, notification } = App.useApp();
  const offerUndo = useUndo();
  const query = useQuery(rowsQuery(symbol, interval, finding.date));
  const online = (useQuery(summaryQuery).data?.online_sources.length ?? 0) > 0;
  const repair = useRepair();
  const { date } = finding;
  const failed = (title: string) => (error: unknown) => notification.error({ title, description: explain(error).message, duration: 0 });

  const quarantine = () =>
    repair.mutate(
      { symbol, dates: [date], action: "quarantine" },
      {
        onSuccess: () =>
          offerUndo({
            done: t("quarantined", { symbol, date }),
            name: `${symbol} ${date}`,
            undo: () => repair.mutateAsync({ symbol, dates: [date], action: "restore" }),
          }),
        onError: failed(t("quarantineFailed")),
      },
    );
  const refetch = async () => {
    try {
      const dry = await repair.mutateAsync({ symbol, dates: [date], action: "refetch", dry_run: true });
      const source = dry.source ?? "";
      const named = name(source);
      const changes = changesOf(dry);
      if (changes === null) {
        void message.info(t(dry.differences.length === 0 ? "refetchSame" : "refetchNone", { source: named }));
        return;
      }
      const [first] = dry.differences;
      modal.confirm({
        title: t("refetchTitle", { source: named }),
        content:
          first?.stored == null ? (
            t("refetchInsert", { close: first?.fetched?.close ?? "—" })
          ) : (
            <ul>
              {changes.map(({ field, stored, fetched }) => (
                <li key={field}>{t("refetchField", { field: qualityTexts.has(field) ? t(field) : field, stored, fetched })}</li>
              ))}
            </ul>
          ),
        okText: t("refetchApply"),
        cancelText: t("cancel"),
        onOk: async () => {
          try {
            await repair.mutateAsync({ symbol, dates: [date], action: "refetch", source });
            void message.success(t("refetched", { date }));
          } catch (error) {
            failed(t("refetchFailed"))(error);
          }
        },
      });
    } catch (error) {
      failed(t("refetchFailed"))(error);
    }
  };

  if (query.isError && query.data === undefined) return <ErrorPanel title={t("rowsError")} error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading rows={9} />;
  const { rows } = query.data;
  return (
    <section aria-label={t("rows")}>
      <div className="quality-tools">
        <h2>{t("rows")}</h2>
        {canQuarantine(finding, interval, rows, date) && (
          <Button danger title={t("quarantineHelp")} loading={repair.isPending} onClick={quarantine}>
            {t("quarantine")}
          </Button>
        )}
        {interval === "1d" && online && (
          <Button loading={repair.isPending} onClick={() => void refetch()}>
            {t("refetch")}
          </Button>
        )}
      </div>
      {/* A region that scrolls sideways is reached by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="quality-rows" role="region" aria-label={t("rows")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {(["date", ...FIGURES, "suspended", "is_st"] as const).map((name) => (
                <th key={name} scope="col">
                  {t(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => {
              const marked = isRowOf(finding, row);
              const cell = (name: string) => ({ "data-marked": marked && (finding.field === name || isWholeBar(finding)) });
              return (
                <tr key={row.time} aria-current={marked ? "true" : undefined}>
                  <th scope="row">{interval === "1d" ? row.time : formatInstant(`${row.time}Z`)}</th>
                  {FIGURES.map((name) => (
                    <td key={name} {...cell(name)}>
                      {formatExact(row[name])}
                    </td>
                  ))}
                  <td {...cell("suspended")}>{row.suspended ? t("yes") : t("no")}</td>
                  <td {...cell("is_st")}>{row.is_st ? t("yes") : t("no")}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {!rows.some((row) => isRowOf(finding, row)) && <p className="soft">{t("rowsNone")}</p>}
    </section>
  );
}
