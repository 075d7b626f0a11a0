import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "react-router";

import { Sparkline } from "@/features/backtests/components/Sparkline";
import { JobStateTag } from "@/features/jobs/components/JobStateTag";
import { Change, formatNumber, formatPercent } from "@/ui/format";

import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { latestBacktestsQuery, type Backtest } from "../api";
import { dashboardTexts } from "../i18n";
import { Panel } from "./Panel";

/** The newest runs with their equity and three figures. */
export function LatestBacktests() {
  const t = dashboardTexts.useText();
  const { data, error, refetch } = useQuery(latestBacktestsQuery);
  return (
    <Panel title={t("backtests")} action={<Link to="/backtests">{t("allBacktests")}</Link>}>
      {data === undefined && error !== null && (
        <ErrorPanel title={t("backtestsError")} error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Loading rows={6} />}
      {data?.length === 0 && (
        <Empty
          title={t("backtestsEmpty")}
          action={
            <Link to="/strategies">
              <Button type="primary">{t("openStrategies")}</Button>
            </Link>
          }
        >
          {t("backtestsEmptyText")}
        </Empty>
      )}
      {data !== undefined && data.length > 0 && (
        <ul className="latest-backtests">
          {data.map((backtest) => (
            <Row key={backtest.id} backtest={backtest} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Row({ backtest: { id, name, metrics, sparkline, job } }: { backtest: Backtest }) {
  const t = dashboardTexts.useText();
  return (
    <li>
      <Link to={`/backtests/${id}`} className="latest-backtest">
        <span className="dashboard-name" title={name}>
          {name}
        </span>
        {metrics === null ? (
          <JobStateTag state={job.state} />
        ) : (
          <>
            <span className="latest-spark">
              {sparkline !== null && <Sparkline label={t("equityOf", { name })} values={sparkline} />}
            </span>
            <span className="latest-figures">
              <span title={t("totalReturn")}>
                <Change value={metrics.total_return} />
              </span>
              <span className="soft">
                {t("maxDrawdown")} {formatPercent(metrics.max_drawdown)} · {t("sharpe")} {formatNumber(metrics.sharpe)}
              </span>
            </span>
          </>
        )}
      </Link>
    </li>
  );
}
