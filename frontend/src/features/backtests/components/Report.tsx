import { useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import { useRef, useState } from "react";

import { JobLogView } from "@/features/jobs/components/LogView";
import { CodeEditor } from "@/ui/editor";
import { ErrorPanel, Loading } from "@/ui/state";

import { codeQuery, type Backtest, type BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import { symbolsByActivity } from "../logic/marks";
import { Assumptions } from "./Assumptions";
import { EquityChart } from "./EquityChart";
import { MetricCards } from "./MetricCards";
import { MonthlyHeatmap } from "./MonthlyHeatmap";
import { FillsTable, OrdersTable, RejectionsTable, RoundTripsTable } from "./ReportTables";
import { TradesKLine, type TradesFocus } from "./TradesKLine";
import "./report.css";

const SHORT_HASH = 10;

/** The whole report of a finished run. */
export function Report({ backtest, result }: { backtest: Backtest; result: BacktestResult }) {
  const t = backtestTexts.useText();
  const { id } = backtest;
  const { max_drawdown_start: peak, max_drawdown_end: trough, max_drawdown_recovered: recovered } = result.metrics;
  const drawdownNote =
    peak === null || trough === null
      ? ""
      : `${t("maxDrawdown")} ${t("drawdownSpan", { start: peak, end: trough })} · ${recovered === null ? t("notRecovered") : t("recovered", { date: recovered })}`;
  return (
    <>
      <Assumptions assumptions={result.assumptions} />
      <MetricCards metrics={result.metrics} />
      <section className="panel panel-body">
        <EquityChart series={result.series} benchmark={result.spec.benchmark ?? null} note={drawdownNote} exportName={`equity-${id}`} />
      </section>
      <section className="panel">
        <div className="panel-title">
          <h2>{t("monthly")}</h2>
        </div>
        <div className="panel-body">
          <MonthlyHeatmap result={result} />
        </div>
      </section>
      <Details backtest={backtest} result={result} />
      <p className="fingerprint" title={t("fingerprintHelp")}>
        {t("fingerprint", { code: result.code_sha256.slice(0, SHORT_HASH), data: result.data_sha256.slice(0, SHORT_HASH) })}
        {" · "}
        {Object.entries(result.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(" · ")}
      </p>
    </>
  );
}

function Details({ backtest, result }: { backtest: Backtest; result: BacktestResult }) {
  const t = backtestTexts.useText();
  const [tab, setTab] = useState("roundTrips");
  const [symbol, setSymbol] = useState(
    () => symbolsByActivity(result.spec.symbols, result.fills, result.rejections)[0]?.symbol ?? result.spec.symbols[0] ?? "",
  );
  const [focus, setFocus] = useState<TradesFocus | null>(null);
  const details = useRef<HTMLElement>(null);
  const { id } = backtest;
  const counted = (key: "roundTrips" | "orders" | "fills" | "rejections", count: number) => (
    <>
      {t(key)} <span className="soft">{count.toLocaleString("en-US")}</span>
    </>
  );
  return (
    <section className="panel report-tabs" ref={details}>
      <Tabs
        activeKey={tab}
        onChange={setTab}
        destroyOnHidden
        items={[
          {
            key: "roundTrips",
            label: counted("roundTrips", result.round_trips.length),
            children: (
              <RoundTripsTable
                rows={result.round_trips}
                id={id}
                onPick={(trip) => {
                  setSymbol(trip.symbol);
                  setFocus({ symbol: trip.symbol, from: trip.entry_date, to: trip.exit_date ?? result.spec.end });
                  setTab("chart");
                }}
              />
            ),
          },
          {
            key: "chart",
            label: t("onChart"),
            children: (
              <TradesKLine
                result={result}
                symbol={symbol}
                onSymbol={(chosen) => {
                  setSymbol(chosen);
                  setFocus(null);
                }}
                focus={focus}
              />
            ),
          },
          { key: "orders", label: counted("orders", result.orders.length), children: <OrdersTable rows={result.orders} id={id} /> },
          { key: "fills", label: counted("fills", result.fills.length), children: <FillsTable rows={result.fills} id={id} /> },
          {
            key: "rejections",
            label: counted("rejections", result.rejections.length),
            children: <RejectionsTable rows={result.rejections} id={id} />,
          },
          { key: "code", label: t("code"), children: <CodeTab backtest={backtest} /> },
          {
            key: "log",
            label: t("log"),
            children: (
              <div className="panel-body">
                <JobLogView job={backtest.job} height={400} />
              </div>
            ),
          },
        ]}
      />
    </section>
  );
}

/** The code that ran, read-only. */
export function CodeTab({ backtest, reveal }: { backtest: Backtest; reveal?: { line: number } | undefined }) {
  const t = backtestTexts.useText();
  const code = useQuery(codeQuery(backtest.strategy_id, backtest.version));
  if (code.data !== undefined) {
    return (
      <CodeEditor
        readOnly
        value={code.data}
        height={440}
        label={t("codeOf", { name: backtest.strategy_name, version: backtest.version })}
        reveal={reveal}
        markers={reveal === undefined ? [] : [{ line: reveal.line, message: t("codeErrorTitle", { line: reveal.line }) }]}
      />
    );
  }
  return code.isError ? (
    <ErrorPanel title={t("codeError")} error={code.error} onRetry={() => void code.refetch()} />
  ) : (
    <Loading height={440} />
  );
}
