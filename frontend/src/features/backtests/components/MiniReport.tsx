import { Alert } from "antd";

import { localText, useLanguage } from "@/app/i18n/local";

import type { BriefMetrics, BriefReport, QuickReport } from "../mini/api";
import { MiniDetails, MiniLogs } from "../mini/MiniDetails";
import { MiniFigures } from "../mini/MiniFigures";
import { miniTexts } from "../mini/i18n";
import { CodeErrorPanel } from "./CodeErrorPanel";
import { EquityChart } from "./EquityChart";
import "./report.css";
import "../mini/mini.css";

const CHART_HEIGHT = 196;

interface MiniReportProps {
  report: QuickReport;
  /** Figures of the run before, to show what has changed since. */
  before?: BriefMetrics | null;
  /** A newer one is on its way. */
  stale?: boolean;
  /** Jump to a line of the code; without a file the strategy's own. */
  onGoTo?: ((line: number, file?: string) => void) | undefined;
}

/** A report on half a page: of a quick run, or in a notebook. */
export function MiniReport({ report, before = null, stale = false, onGoTo }: MiniReportProps) {
  const t = miniTexts.useText();
  return (
    <section className="mini-report" aria-label={t("report")} aria-busy={stale} data-stale={stale} data-status={report.status}>
      <Body report={report} before={before} onGoTo={onGoTo} />
    </section>
  );
}

function Body({ report, before, onGoTo }: Pick<MiniReportProps, "report" | "onGoTo"> & { before: BriefMetrics | null }) {
  const t = miniTexts.useText();
  const language = useLanguage();
  switch (report.status) {
    case "failed":
      return (
        <>
          <CodeErrorPanel error={report.error} onGoTo={onGoTo} />
          <MiniLogs logs={report.logs} />
        </>
      );
    case "stopped":
      return (
        <>
          <Alert showIcon type={report.reason === "cancelled" ? "info" : "error"} title={t(report.reason === "cancelled" ? "cancelled" : "stopped")} description={localText(report, "message", language)} />
          <MiniLogs logs={report.logs} />
        </>
      );
    default:
      return <Done report={report} before={before} />;
  }
}

function Done({ report, before }: { report: BriefReport; before: BriefMetrics | null }) {
  const { series, benchmark, symbols } = report;
  return (
    <>
      <div className="mini-main">
        <MiniFigures metrics={report.metrics} before={before} />
        <div className="mini-chart">
          <EquityChart plain series={{ ...series, date: series.dates }} benchmark={benchmark} exportName={`${symbols[0] ?? "run"}-quick`} height={CHART_HEIGHT} />
        </div>
      </div>
      <MiniDetails report={report} />
    </>
  );
}
