import { useQuery } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import { Link } from "react-router";

import { useLiveJob, type Job } from "@/features/jobs/api";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { overviewQuery, type InstrumentDetail, type MarketOverview } from "@/features/market/api";
import { Change, formatPercent, formatPrice } from "@/ui/format";
import { Empty, ErrorPanel, Loading, Skeleton } from "@/ui/state";

import { dashboardTexts } from "../i18n";
import { Panel } from "./Panel";
import { usePreparing } from "./usePreparing";

/** The last stored day: indices, breadth, movers. */
export function Market() {
  const t = dashboardTexts.useText();
  const { data, error, refetch } = useQuery(overviewQuery);
  const preparing = usePreparing();
  if (data === undefined && error !== null) {
    return (
      <Panel title={t("market")}>
        <ErrorPanel title={t("marketError")} error={error} onRetry={() => void refetch()} />
      </Panel>
    );
  }
  if (data === undefined) return <MarketLoading />;
  if (data.date === null) {
    return <Panel title={t("market")}>{preparing === undefined ? <NoMarket /> : <Preparing job={preparing} />}</Panel>;
  }
  const note = (
    <>
      <span className="dashboard-note soft">{t("marketOn", { date: data.date })}</span>{" "}
      {data.simulated && (
        <Tooltip title={t("simulatedTip")}>
          <span className="tag" data-tone="primary">
            {t("simulated")}
          </span>
        </Tooltip>
      )}
    </>
  );
  return (
    <>
      <Panel title={t("market")} note={note}>
        <div className="panel-body dashboard-market">
          {data.indices.length > 0 && (
            <ul className="index-cards">
              {data.indices.map((index) => (
                <li key={index.symbol}>
                  <Link to={`/market/${index.symbol}`} className="index-card">
                    <span className="index-name">{index.name}</span>
                    <strong>{formatPrice(index.last_close, index.price_tick)}</strong>
                    <Change value={index.change} />
                  </Link>
                </li>
              ))}
            </ul>
          )}
          <Breadth overview={data} />
        </div>
      </Panel>
      <div className="movers">
        <Panel title={t("gainers")}>
          <Movers rows={data.gainers} label={t("gainers")} />
        </Panel>
        <Panel title={t("losers")}>
          <Movers rows={data.losers} label={t("losers")} />
        </Panel>
      </div>
    </>
  );
}

/** The first run makes a market of its own: nobody need bring one. */
function Preparing({ job }: { job: Job }) {
  const t = dashboardTexts.useText();
  const live = useLiveJob(job);
  return (
    <div className="panel-body dashboard-market">
      <p role="status">{t("preparing")}</p>
      <JobProgress live={live} />
    </div>
  );
}

function NoMarket() {
  const t = dashboardTexts.useText();
  return (
    <Empty
      title={t("marketEmpty")}
      action={
        <Link to="/data">
          <Button type="primary">{t("marketEmptyAction")}</Button>
        </Link>
      }
    >
      {t("marketEmptyText")}
    </Empty>
  );
}

function MarketLoading() {
  const t = dashboardTexts.useText();
  return (
    <>
      <Panel title={t("market")}>
        <div className="panel-body dashboard-market">
          <ul className="index-cards" aria-hidden="true">
            {Array.from({ length: 5 }, (_, index) => (
              <li key={index}>
                <Skeleton height={82} />
              </li>
            ))}
          </ul>
          <Skeleton height={34} />
        </div>
      </Panel>
      <div className="movers">
        {[t("gainers"), t("losers")].map((title) => (
          <Panel key={title} title={title}>
            <Loading height={344} />
          </Panel>
        ))}
      </div>
    </>
  );
}

/** How many went up and down: a bar with its numbers. */
function Breadth({ overview: { advancing, declining, unchanged, suspended } }: { overview: MarketOverview }) {
  const t = dashboardTexts.useText();
  const traded = advancing + declining + unchanged;
  if (traded === 0) return null;
  const parts = [
    { key: "up", count: advancing },
    { key: "flat", count: unchanged },
    { key: "down", count: declining },
  ] as const;
  return (
    <div className="breadth" role="group" aria-label={t("breadth")}>
      <div className="breadth-bar" aria-hidden="true">
        {parts.map(({ key, count }) => (
          <span key={key} data-part={key} style={{ flexGrow: count }} />
        ))}
      </div>
      <div className="breadth-text">
        <span className="up">
          ▲ {t("up")} {advancing} <span className="soft">{formatPercent(advancing / traded, { digits: 0 })}</span>
        </span>
        <span className="soft">
          {t("flat")} {unchanged} · {t("suspended")} {suspended}
        </span>
        <span className="down">
          <span className="soft">{formatPercent(declining / traded, { digits: 0 })}</span> {t("down")} {declining} ▼
        </span>
      </div>
    </div>
  );
}

function Movers({ rows, label }: { rows: readonly InstrumentDetail[]; label: string }) {
  const t = dashboardTexts.useText();
  if (rows.length === 0) return <Empty title={t("noMovers")} />;
  return (
    <table className="plain-table" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t("columnName")}</th>
          <th scope="col">{t("columnSymbol")}</th>
          <th scope="col" data-numeric>
            {t("columnClose")}
          </th>
          <th scope="col" data-numeric>
            {t("columnChange")}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.symbol}>
            <td>
              <Link to={`/market/${row.symbol}`} title={row.name}>
                {row.name}
              </Link>
            </td>
            <td className="soft nowrap">{row.symbol}</td>
            <td data-numeric>{formatPrice(row.last_close, row.price_tick)}</td>
            <td data-numeric>
              <Change value={row.change} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
