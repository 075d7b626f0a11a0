import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "react-router";

import { Sparkline } from "@/features/backtests/components/Sparkline";
import { quotesQuery, watchlistsQuery, type Watchlist } from "@/features/market/watchlists/api";
import { Change, formatNumber } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { dashboardTexts } from "../i18n";
import { Panel } from "./Panel";

/** Symbols that are shown of the group. */
const MOST = 8;

/** The first watchlist with its last figures. */
export function WatchCard() {
  const t = dashboardTexts.useText();
  const { data: groups, error, refetch } = useQuery(watchlistsQuery);
  const group = groups?.[0];
  return (
    <Panel
      title={group?.name ?? t("watchlist")}
      action={<Link to="/market/watchlists">{t("watchlists")}</Link>}
    >
      {groups === undefined && error !== null && (
        <ErrorPanel title={t("watchError")} error={error} onRetry={() => void refetch()} />
      )}
      {groups === undefined && error === null && <Loading rows={6} />}
      {groups !== undefined && (group === undefined || group.symbols === 0) && (
        <Empty
          title={t("watchEmpty")}
          action={
            <Link to="/market/watchlists">
              <Button>{t("watchFirst")}</Button>
            </Link>
          }
        >
          {t("watchEmptyText")}
        </Empty>
      )}
      {group !== undefined && group.symbols > 0 && <Rows group={group} />}
    </Panel>
  );
}

function Rows({ group }: { group: Watchlist }) {
  const t = dashboardTexts.useText();
  const { data, error, refetch } = useQuery(quotesQuery(group.id));
  if (data === undefined && error !== null) return <ErrorPanel title={t("watchError")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={6} />;
  const rest = data.items.length - MOST;
  return (
    <>
      <ul className="dashboard-watch">
        {data.items.slice(0, MOST).map(({ symbol, name, last, change, closes, suspended }) => (
          <li key={symbol}>
            <Link to={`/market/${symbol}`} title={symbol}>
              <span className="dashboard-name">{name}</span>
              <Sparkline values={closes} label={t("closesOf", { name })} width={72} height={20} />
              <span className="dashboard-figure">{formatNumber(last)}</span>
              <span className="dashboard-figure">{suspended ? <span className="soft">{t("suspended")}</span> : <Change value={change} />}</span>
            </Link>
          </li>
        ))}
      </ul>
      <p className="dashboard-foot soft">
        {data.date !== null && t("marketOn", { date: data.date })}
        {rest > 0 && ` · ${t("watchMore", { count: rest })}`}
      </p>
    </>
  );
}
