import { useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import { useState } from "react";
import { useSearchParams } from "react-router";

import { JobLogView } from "@/features/jobs/components/LogView";
import { ProjectView } from "@/features/strategies/files/ProjectDiff";
import { ErrorPanel, Loading } from "@/ui/state";

import { codeQuery, type Backtest, type BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import { symbolsByActivity } from "../logic/marks";
import { FIRST_METRICS } from "../logic/metrics";
import { AttributionSection } from "../report/AttributionSection";
import { CostsSection } from "../report/CostsSection";
import { BadgeStrip, CredibilitySection } from "../report/Credibility";
import { reportTexts } from "../report/i18n";
import { Older } from "../report/Older";
import { PerformanceSection } from "../report/PerformanceSection";
import { RegimesSection } from "../report/RegimesSection";
import { RejectionsPanel } from "../report/RejectionsPanel";
import type { Picked } from "../report/WhyPanel";
import { OwnAssumptions } from "./Assumptions";
import { EquityChart } from "./EquityChart";
import { MetricCards } from "./MetricCards";
import { FillsTable, OrdersTable, RoundTripsTable } from "./ReportTables";
import { TradesKLine, type TradesFocus } from "./TradesKLine";
import "./report.css";

const SECTIONS = ["performance", "trades", "costs", "attribution", "regimes", "credibility", "code", "log"] as const;
type Section = (typeof SECTIONS)[number];

/** The whole report of a finished run: what counts at once, the rest in sections. */
export function Report({ backtest, result }: { backtest: Backtest; result: BacktestResult }) {
  const t = backtestTexts.useText();
  const r = reportTexts.useText();
  const [search, setSearch] = useSearchParams();
  const { id } = backtest;
  const { analysis = null } = result;
  const asked = search.get("section");
  const section: Section = SECTIONS.find((known) => known === asked) ?? "performance";
  const open = (next: Section) =>
    setSearch(
      (params) => {
        params.set("section", next);
        return params;
      },
      { replace: true, preventScrollReset: true },
    );
  const { max_drawdown_start: peak, max_drawdown_end: trough, max_drawdown_recovered: recovered } = result.metrics;
  const drawdownNote =
    peak === null || trough === null
      ? ""
      : `${t("maxDrawdown")} ${t("drawdownSpan", { start: peak, end: trough })} · ${recovered === null ? t("notRecovered") : t("recovered", { date: recovered })}`;
  const older = (
    <div className="panel-body">
      <Older />
    </div>
  );
  return (
    <>
      <BadgeStrip result={result} backtest={backtest} onOpen={() => open("credibility")} />
      <OwnAssumptions assumptions={result.assumptions} />
      <MetricCards metrics={result.metrics} shown={FIRST_METRICS} />
      <section className="panel panel-body">
        <EquityChart series={result.series} benchmark={result.spec.benchmark ?? null} note={drawdownNote} exportName={`equity-${id}`} />
      </section>
      <section className="panel report-tabs">
        <Tabs
          activeKey={section}
          onChange={(key) => open(key as Section)}
          destroyOnHidden
          items={[
            { key: "performance", label: r("section.performance"), children: <PerformanceSection result={result} id={id} /> },
            { key: "trades", label: r("section.trades"), children: <TradesSection id={id} result={result} /> },
            { key: "costs", label: r("section.costs"), children: analysis === null ? older : <CostsSection analysis={analysis} id={id} /> },
            {
              key: "attribution",
              label: r("section.attribution"),
              children: analysis === null ? older : <AttributionSection attribution={analysis.attribution} id={id} />,
            },
            {
              key: "regimes",
              label: r("section.regimes"),
              children: analysis === null ? older : <RegimesSection regimes={analysis.regimes} series={result.series} id={id} />,
            },
            { key: "credibility", label: r("section.credibility"), children: <CredibilitySection result={result} backtest={backtest} /> },
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
    </>
  );
}

function TradesSection({ id, result }: { id: string; result: BacktestResult }) {
  const t = backtestTexts.useText();
  const [tab, setTab] = useState("roundTrips");
  const [symbol, setSymbol] = useState(
    () => symbolsByActivity(result.spec.symbols, result.fills, result.rejections)[0]?.symbol ?? result.spec.symbols[0] ?? "",
  );
  const [focus, setFocus] = useState<TradesFocus | null>(null);
  const [picked, setPicked] = useState<Picked | null>(null);
  const counted = (key: "roundTrips" | "orders" | "fills" | "rejections", count: number) => (
    <>
      {t(key)} <span className="soft">{count.toLocaleString("en-US")}</span>
    </>
  );
  const show = (next: TradesFocus) => {
    setSymbol(next.symbol);
    setFocus(next);
    setTab("chart");
  };
  return (
    <Tabs
      size="small"
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
              onPick={(trip) => show({ symbol: trip.symbol, from: trip.entry_date, to: trip.exit_date ?? result.spec.end })}
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
              picked={picked}
              onPick={setPicked}
            />
          ),
        },
        {
          key: "rejections",
          label: counted("rejections", result.rejections.length),
          children: (
            <RejectionsPanel
              rows={result.rejections}
              id={id}
              onPick={(row) => {
                setPicked({ symbol: row.symbol, date: row.date });
                show({ symbol: row.symbol, from: row.date, to: row.date });
              }}
            />
          ),
        },
        { key: "orders", label: counted("orders", result.orders.length), children: <OrdersTable rows={result.orders} id={id} /> },
        { key: "fills", label: counted("fills", result.fills.length), children: <FillsTable rows={result.fills} id={id} /> },
      ]}
    />
  );
}

/** The code that ran, read-only. */
export function CodeTab({ backtest, reveal }: { backtest: Backtest; reveal?: { line: number; path?: string } | undefined }) {
  const t = backtestTexts.useText();
  const code = useQuery(codeQuery(backtest.strategy_id, backtest.version));
  if (code.data !== undefined) {
    return (
      <ProjectView
        project={code.data}
        height={440}
        label={t("codeOf", { name: backtest.strategy_name, version: backtest.version })}
        reveal={reveal}
        revealed={reveal === undefined ? "" : t("codeErrorTitle", { line: reveal.line })}
      />
    );
  }
  return code.isError ? (
    <ErrorPanel title={t("codeError")} error={code.error} onRetry={() => void code.refetch()} />
  ) : (
    <Loading height={440} />
  );
}
