import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useEffect, useMemo, useState } from "react";

import { idempotencyKey } from "@/api/client";
import { explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";
import { isFinished, useLiveJob } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { formatExact, formatInstant } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { overviewQuery, qualityKeys, symbolsQuery, useStartCheck, type CheckedInterval, type Dataset, type DatasetName, type Kind, type SymbolQuality } from "./api";
import { qualityTexts } from "./i18n";
import { KindList } from "./KindList";
import { kindsOf } from "./logic";
import { Score } from "./Score";
import { SymbolDrawer } from "./SymbolDrawer";
import "./quality.css";

/** The newest check of all stored bars: by dataset, by kind, by symbol; and a new one. */
export default function QualityPanel() {
  const t = qualityTexts.useText();
  const { notification } = App.useApp();
  const client = useQueryClient();
  const overview = useQuery(overviewQuery);
  const start = useStartCheck();
  const live = useLiveJob(start.data ?? overview.data?.running);
  const { job } = live;
  const running = job !== null && !isFinished(job);
  const ended = job !== null && isFinished(job);

  useEffect(() => {
    if (ended) void client.invalidateQueries({ queryKey: qualityKeys.all });
  }, [ended, client]);

  const check = () =>
    start.mutate(idempotencyKey(), {
      onError: (error) => notification.error({ title: t("checkFailed"), description: explain(error).message, duration: 0 }),
    });
  if (overview.isError && overview.data === undefined) return <ErrorPanel title={t("overviewError")} error={overview.error} onRetry={() => void overview.refetch()} />;
  if (overview.data === undefined) return <Loading rows={8} />;
  const { latest } = overview.data;
  const button = (
    <Button type="primary" loading={start.isPending} disabled={running} onClick={check}>
      {t(latest === null ? "check" : "checkAgain")}
    </Button>
  );
  return (
    <div className="quality">
      {(latest !== null || running) && (
        <div className="quality-head">
          {latest !== null && <span className="soft">{t("checkedAt", { at: formatInstant(latest.finished_at) })}</span>}
          {job !== null && running ? <JobActions job={job} /> : button}
        </div>
      )}
      {running && <JobProgress live={live} />}
      {job?.error != null && <JobErrorText error={job.error} />}
      {latest === null ? !running && <Empty title={t("emptyTitle")} action={button}>{t("emptyText")}</Empty> : <Report datasets={latest.datasets} />}
    </div>
  );
}

function Report({ datasets }: { datasets: readonly Dataset[] }) {
  const t = qualityTexts.useText();
  const [dataset, setDataset] = useState<DatasetName | null>(null);
  const [kind, setKind] = useState<Kind | null>(null);
  const kinds = useMemo(() => kindsOf(datasets, dataset), [datasets, dataset]);
  const columns = useMemo<Column<Dataset>[]>(
    () => [
      { key: "dataset", title: t("columnDataset"), width: "minmax(96px, 2fr)", value: (row) => t(`dataset.${row.dataset}`) },
      { key: "interval", title: t("columnInterval"), width: "64px", value: (row) => row.interval },
      { key: "score", title: t("columnScore"), width: "88px", numeric: true, value: (row) => row.score, render: (row) => <Score score={row.score} /> },
      { key: "symbols", title: t("columnSymbols"), width: "80px", numeric: true, value: (row) => row.symbols, render: (row) => formatExact(row.symbols) },
      { key: "rows", title: t("columnRows"), width: "112px", numeric: true, value: (row) => row.rows, render: (row) => formatExact(row.rows) },
      { key: "errors", title: t("columnErrors"), width: "112px", numeric: true, value: (row) => row.errors, render: (row) => formatExact(row.errors) },
      { key: "warnings", from: 640, title: t("columnWarnings"), width: "128px", numeric: true, value: (row) => row.warnings, render: (row) => formatExact(row.warnings) },
      { key: "missing", from: 760, title: t("columnMissing"), width: "120px", numeric: true, value: (row) => row.missing, render: (row) => formatExact(row.missing) },
      { key: "range", from: 900, title: t("columnRange"), width: "minmax(184px, 2fr)", value: (row) => `${row.first ?? ""} – ${row.last ?? ""}` },
    ],
    [t],
  );
  return (
    <>
      <DataTable
        label={t("datasets")}
        columns={columns}
        rows={datasets}
        rowKey={(row) => `${row.dataset}-${row.interval}`}
        selected={dataset === null ? null : `${dataset}-${datasets.find((row) => row.dataset === dataset)?.interval ?? ""}`}
        onRowClick={(row) => setDataset(row.dataset === dataset ? null : row.dataset)}
        exportName="quality-datasets"
      />
      <p className="quality-note soft">{t("scoreHelp")}</p>
      <div className="quality-columns">
        <KindList title={dataset === null ? t("kindsAll") : t(`dataset.${dataset}`)} kinds={kinds} chosen={kind} onChoose={setKind} />
        <Symbols dataset={dataset} kind={kind} onClear={() => { setDataset(null); setKind(null); }} />
      </div>
    </>
  );
}

function Symbols({ dataset, kind, onClear }: { dataset: DatasetName | null; kind: Kind | null; onClear: () => void }) {
  const t = qualityTexts.useText();
  const language = useLanguage();
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState<Pick<SymbolQuality, "symbol" | "interval"> | null>(null);
  const q = useDebounced(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery(symbolsQuery({ q, dataset, kind }));
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const columns = useMemo<Column<SymbolQuality>[]>(() => {
    const told = (row: SymbolQuality) => row.counts.map((one) => `${one[language]} ${formatExact(one.count)}`).join(language === "zh" ? "、" : ", ");
    return [
      { key: "symbol", title: t("columnSymbol"), width: "120px", value: (row) => row.symbol },
      { key: "name", from: 560, title: t("columnName"), width: "112px", value: (row) => row.name },
      { key: "interval", from: 720, title: t("columnInterval"), width: "64px", value: (row) => row.interval },
      { key: "score", title: t("columnScore"), width: "80px", numeric: true, value: (row) => row.score, render: (row) => <Score score={row.score} /> },
      { key: "kinds", title: t("columnKinds"), width: "minmax(160px, 4fr)", value: told, render: (row) => <span title={told(row)}>{told(row) || t("cleared")}</span> },
    ];
  }, [t, language]);
  const filtered = dataset !== null || kind !== null || q !== "";
  return (
    <section aria-label={t("symbols")} className="quality-symbols">
      <div className="quality-tools">
        <h2>{t("symbols")}</h2>
        <Input.Search allowClear className="list-search" value={typed} placeholder={t("search")} aria-label={t("search")} onChange={(event) => setTyped(event.target.value)} />
        {(dataset !== null || kind !== null) && <Button onClick={onClear}>{t("clearFilter")}</Button>}
      </div>
      <DataTable
        label={t("symbols")}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.symbol}-${row.interval}`}
        error={list.error}
        onRetry={() => void list.refetch()}
        onRowClick={setOpened}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
        exportName="quality-symbols"
        empty={<Empty title={filtered ? t("symbolsEmpty") : t("cleared")} />}
      />
      <SymbolDrawer symbol={opened?.symbol ?? null} interval={(opened?.interval ?? "1d") as CheckedInterval} onClose={() => setOpened(null)} />
    </section>
  );
}
