import { Button } from "antd";
import { Component, lazy, Suspense, useMemo, useState, type ComponentProps, type ReactNode } from "react";

import type { MiniReport } from "@/features/backtests/components/MiniReport";
import { Skeleton } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { notebookTexts } from "../i18n";
import { WhenShown } from "../rich/WhenShown";
import { lineOf, type Output, type Run } from "../logic/outputs";
import { Ansi } from "./Ansi";

const TABLE = "application/vnd.quantdesk.table+json";
const CHART = "application/vnd.quantdesk.chart+json";
const REPORT = "application/vnd.quantdesk.report+json";
const PLOTLY = "application/vnd.plotly.v1+json";
const SHORT = 12_000;

// What is heavy is loaded by the first output that needs it.
const EChartView = lazy(() => import("../rich/EChartView"));
const ReportView = lazy(() => import("@/features/backtests/components/MiniReport").then((module) => ({ default: module.MiniReport })));
const PlotlyView = lazy(() => import("../rich/PlotlyView"));
const MarkdownView = lazy(() => import("../rich/MarkdownView"));
const HtmlView = lazy(() => import("../rich/HtmlView"));

interface Table {
  columns: { name: string; kind: "number" | "date" | "text"; index: boolean }[];
  values: (string | number | boolean | null)[][];
  rows: number;
  all_columns: number;
}

type Report = ComponentProps<typeof MiniReport>["report"];

/** One output of a run. */
export function OutputView({ output, runs, onGoTo }: { output: Output; runs: readonly Run[]; onGoTo: (line: number) => void }) {
  switch (output.type) {
    case "stream":
      return <Text text={output.text} className={output.name === "stderr" ? "out-text out-stderr" : "out-text"} />;
    case "error":
      return <ErrorView error={output} runs={runs} onGoTo={onGoTo} />;
    case "output":
      return (
        <Guard key={JSON.stringify(Object.keys(output.data))} text={output.data["text/plain"]}>
          <Display data={output.data} onGoTo={onGoTo} />
        </Guard>
      );
  }
}

function Text({ text, className }: { text: string; className: string }) {
  const t = notebookTexts.useText();
  const [all, setAll] = useState(false);
  const long = text.length > SHORT && !all;
  return (
    <pre className={className}>
      <Ansi text={long ? text.slice(-SHORT) : text} />
      {long && (
        <Button size="small" type="link" onClick={() => setAll(true)}>
          {t("more")}
        </Button>
      )}
    </pre>
  );
}

function ErrorView({ error, runs, onGoTo }: { error: Extract<Output, { type: "error" }>; runs: readonly Run[]; onGoTo: (line: number) => void }) {
  const t = notebookTexts.useText();
  const lines = (error.frames ?? []).flatMap((frame) => lineOf(runs, frame) ?? []);
  return (
    <div className="out-error" role="alert">
      <pre className="out-text">
        <Ansi text={error.traceback} />
      </pre>
      {lines.length > 0 && (
        <div className="out-frames">
          {lines.map((line, at) => (
            <Button key={at} size="small" type="link" onClick={() => onGoTo(line)}>
              {t("line", { line })}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

/** A kernel may send anything as a table or chart: what cannot be drawn is shown as its text, and the page goes on. */
class Guard extends Component<{ text: unknown; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Unshown text={this.props.text} /> : this.props.children;
  }
}

function Unshown({ text }: { text: unknown }) {
  const t = notebookTexts.useText();
  return (
    <>
      <div className="soft">{t("unshown")}</div>
      {typeof text === "string" && <Text className="out-text" text={text} />}
    </>
  );
}

function Display({ data, onGoTo }: { data: Record<string, unknown>; onGoTo: (line: number) => void }) {
  const t = notebookTexts.useText();
  if (TABLE in data) return <TableView table={data[TABLE] as Table} />;
  if (CHART in data) return <Heavy height={320}><EChartView value={data[CHART]} /></Heavy>;
  if (REPORT in data) return <Heavy height={240}><ReportView report={data[REPORT] as Report} onGoTo={onGoTo} /></Heavy>;
  if (PLOTLY in data) return <Heavy height={380}><PlotlyView value={data[PLOTLY]} /></Heavy>;
  for (const kind of ["image/png", "image/jpeg", "image/gif"]) {
    if (kind in data) return <img className="out-image" alt={t("image")} src={`data:${kind};base64,${String(data[kind]).replaceAll("\n", "")}`} />;
  }
  if ("image/svg+xml" in data) {
    return <img className="out-image" alt={t("image")} src={`data:image/svg+xml;utf8,${encodeURIComponent(String(data["image/svg+xml"]))}`} />;
  }
  if ("text/html" in data) return <Heavy height={24}><HtmlView html={String(data["text/html"])} /></Heavy>;
  if ("text/markdown" in data) return <Heavy height={24}><MarkdownView text={String(data["text/markdown"])} /></Heavy>;
  if ("text/latex" in data) return <Heavy height={24}><MarkdownView latex text={String(data["text/latex"])} /></Heavy>;
  if ("application/json" in data) return <Text className="out-text" text={JSON.stringify(data["application/json"], null, 2)} />;
  return <Text className="out-text" text={"text/plain" in data ? String(data["text/plain"]) : ""} />;
}

function Heavy({ height, children }: { height: number; children: ReactNode }) {
  return (
    <WhenShown height={height}>
      <Suspense fallback={<Skeleton height={height} />}>{children}</Suspense>
    </WhenShown>
  );
}

function TableView({ table }: { table: Table }) {
  const t = notebookTexts.useText();
  const shown = table.values[0]?.length ?? 0;
  const columns = useMemo<Column<number>[]>(
    () =>
      table.columns.map((column, at) => ({
        key: String(at),
        title: column.name,
        value: (row) => {
          const value = table.values[at]?.[row] ?? null;
          return typeof value === "boolean" ? String(value) : value;
        },
        numeric: column.kind === "number",
        width: "minmax(96px, 1fr)",
      })),
    [table],
  );
  const rows = useMemo(() => Array.from({ length: shown }, (_, row) => row), [shown]);
  const words = { rows: table.rows, columns: table.all_columns, shown };
  return (
    <div className="out-table">
      <DataTable label={t("table")} columns={columns} rows={rows} rowKey={(row) => row} maxHeight={320} exportName="table" />
      <div className="soft">{t(shown < table.rows ? "rowsPart" : "rows", words)}</div>
    </div>
  );
}
