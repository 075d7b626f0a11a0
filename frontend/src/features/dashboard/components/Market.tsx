import { useQuery } from "@tanstack/react-query";
import { Button, Tooltip } from "antd";
import { Link } from "react-router";

import { useLiveJob, type Job } from "@/features/jobs/api";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { dayQuery, type DayChoice, type MarketDay, type MarketShare } from "@/features/market/overview/api";
import { BreadthBar } from "@/features/market/overview/BreadthBar";
import { IndexStrip } from "@/features/market/overview/IndexStrip";
import { against } from "@/features/market/overview/logic";
import { Change, formatNumber, formatPercent, Money } from "@/ui/format";
import { Empty, ErrorPanel, Loading, Skeleton } from "@/ui/state";

import { dashboardTexts } from "../i18n";
import { Panel } from "./Panel";
import { usePreparing } from "./usePreparing";

const NEWEST: DayChoice = { date: null, market: null };
/** Movers that are shown. */
const MOST = 8;

/** The newest stored day: indices, breadth, limits, turnover, movers. */
export function Market() {
  const t = dashboardTexts.useText();
  const { data: day, error, refetch } = useQuery(dayQuery(NEWEST));
  const preparing = usePreparing();
  if (day === undefined && error !== null) {
    return (
      <Panel title={t("market")}>
        <ErrorPanel title={t("marketError")} error={error} onRetry={() => void refetch()} />
      </Panel>
    );
  }
  if (day === undefined) return <MarketLoading />;
  if (day === null) {
    return <Panel title={t("market")}>{preparing === undefined ? <NoMarket /> : <Preparing job={preparing} />}</Panel>;
  }
  const note = (
    <>
      <span className="dashboard-note soft">{t("marketOn", { date: day.date })}</span>{" "}
      {day.market === "demo" && (
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
      <Panel title={t("market")} note={note} action={<Link to="/market">{t("wholeMarket")}</Link>}>
        <div className="panel-body dashboard-market">
          <IndexStrip indices={day.indices} />
          <BreadthBar breadth={day.breadth} />
          <Facts day={day} />
        </div>
      </Panel>
      <div className="movers">
        <Panel title={t("gainers")}>
          <Movers rows={day.movers.gainers} label={t("gainers")} />
        </Panel>
        <Panel title={t("losers")}>
          <Movers rows={day.movers.losers} label={t("losers")} />
        </Panel>
      </div>
    </>
  );
}

/** The day in one line of figures. */
function Facts({ day: { breadth, history, limit_up, above } }: { day: MarketDay }) {
  const t = dashboardTexts.useText();
  const average = above.find(({ days, of }) => days === 20 && of > 0);
  const longest = limit_up.rungs[0];
  return (
    <dl className="overview-facts">
      <div>
        <dt>{t("limitUp")}</dt>
        <dd className="up">{breadth.limit_up}</dd>
      </div>
      <div>
        <dt>{t("limitDown")}</dt>
        <dd className="down">{breadth.limit_down}</dd>
      </div>
      {longest !== undefined && (
        <div>
          <dt>{t("longest")}</dt>
          <dd>{t("streak", { count: longest.streak })}</dd>
        </div>
      )}
      <div>
        <dt>{t("turnover")}</dt>
        <dd>
          <Money value={history.amount.at(-1)} digits={0} />
        </dd>
        <Change value={against(history.amount)} />
      </div>
      {average !== undefined && (
        <div>
          <dt>{t("aboveAverage")}</dt>
          <dd>{formatPercent(average.above / average.of, { digits: 0 })}</dd>
        </div>
      )}
    </dl>
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
          <ul className="index-strip" aria-hidden="true">
            {Array.from({ length: 5 }, (_, index) => (
              <li key={index}>
                <Skeleton height={112} />
              </li>
            ))}
          </ul>
          <Skeleton height={34} />
        </div>
      </Panel>
      <div className="movers">
        {[t("gainers"), t("losers")].map((title) => (
          <Panel key={title} title={title}>
            <Loading height={278} />
          </Panel>
        ))}
      </div>
    </>
  );
}

function Movers({ rows, label }: { rows: readonly MarketShare[]; label: string }) {
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
        {rows.slice(0, MOST).map((row) => (
          <tr key={row.symbol}>
            <td>
              <Link to={`/market/${row.symbol}`} title={row.name}>
                {row.name}
              </Link>
            </td>
            <td className="soft nowrap">{row.symbol}</td>
            <td data-numeric>{formatNumber(row.close)}</td>
            <td data-numeric>
              <Change value={row.change} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
