import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Drawer } from "antd";
import { useEffect, useMemo } from "react";

import { explain } from "@/api/errors";
import { localText, useLanguage } from "@/app/i18n/local";
import { isFinished, useLiveJob } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { formatExact } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { importQuery, useCreateImport, useRefreshData, type FileReport, type Import, type RowError } from "../api";
import { dataTexts } from "../i18n";
import { rememberedItems, rememberItems, retryItems } from "../logic/remembered";
import "./data.css";

const POLL_MS = 1_500;

interface ImportDrawerProps {
  /** Null closes. */
  id: string | null;
  onClose: () => void;
  onStarted: (created: Import) => void;
}

/** One import, live while it runs: what became of each file. */
export function ImportDrawer({ id, onClose, onStarted }: ImportDrawerProps) {
  const t = dataTexts.useText();
  const query = useQuery({
    ...importQuery(id ?? ""),
    enabled: id !== null,
    // The reports come file by file; the job's events only count them.
    refetchInterval: ({ state }) => (state.data !== undefined && isFinished(state.data.job) ? false : POLL_MS),
  });
  return (
    <Drawer open={id !== null} onClose={onClose} size="min(960px, 94vw)" destroyOnHidden title={t("report")}>
      {query.data !== undefined ? (
        <ImportResult key={query.data.id} data={query.data} onStarted={onStarted} />
      ) : query.isError ? (
        <ErrorPanel title={t("reportError")} error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Loading rows={8} />
      )}
    </Drawer>
  );
}

function ImportResult({ data, onStarted }: { data: Import; onStarted: (created: Import) => void }) {
  const t = dataTexts.useText();
  const live = useLiveJob(data.job);
  const job = live.job ?? data.job;
  const finished = isFinished(data.job);
  const refresh = useRefreshData();
  const again = useCreateImport();

  useEffect(() => {
    if (finished) void refresh();
    // Once, when the import has ended.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [finished]);

  const retry = useMemo(() => (finished ? retryItems(rememberedItems(data.id), data.reports) : []), [finished, data.id, data.reports]);
  const run = () =>
    again.mutate(retry, {
      onSuccess: (created) => {
        rememberItems(created.id, retry);
        onStarted(created);
      },
    });
  const waiting = data.files.slice(data.reports.length);

  return (
    <div className="import-report">
      <div className="import-report-head">
        <JobStateTag state={job.state} />
        <strong>{t("importOf", { count: data.files.length })}</strong>
        <JobActions job={job} />
      </div>
      {!isFinished(job) && <JobProgress live={live} />}
      {job.error !== null && <JobErrorText error={job.error} />}
      {retry.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t("skipAndRetryHelp")}
          description={again.isError ? explain(again.error).message : undefined}
          action={
            <Button type="primary" loading={again.isPending} onClick={run}>
              {t("skipAndRetry", { count: retry.length })}
            </Button>
          }
        />
      )}
      {data.reports.map((report, index) => (
        <FileResult key={`${report.name}-${index}`} report={report} />
      ))}
      {!isFinished(job) &&
        waiting.map((name, index) => (
          <section key={`${name}-${index}`} className="import-file">
            <header>
              <span className="soft">{t("waiting")}</span>
              <strong>{name}</strong>
            </header>
          </section>
        ))}
    </div>
  );
}

function FileResult({ report }: { report: FileReport }) {
  const t = dataTexts.useText();
  const language = useLanguage();
  const { status, accepted, rejected, inserted, updated, unchanged, symbols, first, last } = report;
  const count = (value: number) => formatExact(value);
  return (
    <section className="import-file">
      <header>
        <span className={status === "refused" ? "danger" : "verdict-ready"}>{t(`status.${status}`)}</span>
        <strong>{report.name}</strong>
        <span>{t("accepted", { count: count(accepted) })}</span>
        <span className={rejected > 0 ? "danger" : "soft"}>{t("rejected", { count: count(rejected) })}</span>
      </header>
      {status !== "refused" && (
        <p className="soft">
          {[
            t("inserted", { count: count(inserted) }),
            t("updated", { count: count(updated) }),
            t("unchanged", { count: count(unchanged) }),
            symbols.length > 3 ? `${symbols.slice(0, 3).join("、")} … ${symbols.length}` : symbols.join("、"),
            first === null ? null : `${first} – ${last ?? ""}`,
          ]
            .filter((part) => part !== null && part !== "")
            .join(" · ")}
        </p>
      )}
      {report.error !== null && (
        <p className="danger">
          {localText(report.error, "message", language)} <code>{report.error.code}</code>
        </p>
      )}
      {report.errors.length > 0 && (
        <>
          <h3>{t("errors")}</h3>
          {rejected > report.errors.length && <p className="soft">{t("errorsFirst", { count: report.errors.length })}</p>}
          <RowErrors rows={report.errors} name={`errors-${report.name}`} label={t("errors")} />
        </>
      )}
      {report.warnings.length > 0 && (
        <details>
          <summary>
            {t("warnings")} <span className="soft">{t("warningsHelp", { count: report.warnings_total })}</span>
          </summary>
          <RowErrors rows={report.warnings} name={`warnings-${report.name}`} label={t("warnings")} />
        </details>
      )}
    </section>
  );
}

function RowErrors({ rows, name, label }: { rows: readonly RowError[]; name: string; label: string }) {
  const t = dataTexts.useText();
  const language = useLanguage();
  const columns = useMemo<Column<RowError>[]>(
    () => [
      { key: "line", title: t("errorLine"), width: "80px", numeric: true, value: (row) => row.line },
      {
        key: "field",
        title: t("errorField"),
        width: "104px",
        value: (row) => {
          const key = `field.${row.field}`;
          return dataTexts.has(key) ? t(key) : row.field;
        },
      },
      { key: "value", title: t("errorValue"), width: "minmax(96px, 1fr)", value: (row) => row.value, render: (row) => <code>{row.value}</code> },
      {
        key: "reason",
        title: t("errorReason"),
        width: "minmax(240px, 3fr)",
        value: (row) => localText(row, "message", language),
        render: (row) => <span title={localText(row, "message", language)}>{localText(row, "message", language)}</span>,
      },
    ],
    [t, language],
  );
  const keys = useMemo(() => new Map(rows.map((row, index) => [row, index])), [rows]);
  return <DataTable label={label} columns={columns} rows={rows} rowKey={(row) => keys.get(row) ?? -1} maxHeight={260} exportName={name} />;
}
