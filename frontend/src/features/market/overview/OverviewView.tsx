import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Tooltip } from "antd";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";

import { useLanguage } from "@/app/i18n/local";
import { formatAge, formatExact, formatInstant } from "@/ui/format";
import { Page } from "@/ui/Page";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { dayQuery, type DayChoice, type MarketDay, type MarketName } from "./api";
import { Breadth } from "./Breadth";
import { DayBar } from "./DayBar";
import { Heat } from "./Heat";
import { History } from "./History";
import { overviewTexts } from "./i18n";
import { IndexStrip } from "./IndexStrip";
import { Ladder } from "./Ladder";
import { MoversTable } from "./MoversTable";
import { Strength } from "./Strength";
import "./overview.css";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isMarket = (text: string | null): text is MarketName => text === "cn" || text === "demo";

/** The market on a day, all from what is stored. The day and the market are in the address. */
export default function OverviewView({ onOpen }: { onOpen: (symbol: string) => void }) {
  const t = overviewTexts.useText();
  const [params, setParams] = useSearchParams();
  const date = params.get("date");
  const market = params.get("market");
  const choice = useMemo<DayChoice>(
    () => ({ date: date !== null && DAY.test(date) ? date : null, market: isMarket(market) ? market : null }),
    [date, market],
  );
  const { data: day, error, refetch, isPlaceholderData } = useQuery(dayQuery(choice));
  const choose = (change: Partial<DayChoice>) => {
    const wanted = Object.entries({ ...choice, ...change }).filter(([, value]) => value !== null);
    setParams(Object.fromEntries(wanted) as Record<string, string>, { replace: true });
  };
  return (
    <Page
      title={t("title")}
      extra={day == null ? undefined : <About day={day} />}
      actions={day == null ? undefined : <DayBar day={day} onChoose={choose} />}
    >
      {day === undefined && error !== null && (
        <ErrorPanel title={t("loadError")} error={error} onRetry={() => void refetch()} />
      )}
      {day === undefined && error === null && <Loading rows={14} />}
      {day === null && <Nothing chosen={choice.date !== null} onNewest={() => choose({ date: null, market: null })} />}
      {day != null && (
        <div className="overview" aria-busy={isPlaceholderData}>
          {day.breadth.missing > 0 && (
            <Alert
              type="warning"
              showIcon
              title={t("missing", { count: formatExact(day.breadth.missing) })}
              action={<Link to="/data?tab=refresh">{t("refresh")}</Link>}
            />
          )}
          <IndexStrip indices={day.indices} />
          <div className="overview-pair">
            <Breadth day={day} />
            <Strength day={day} />
          </div>
          <Heat key={day.market} choice={choice} onOpen={onOpen} />
          <div className="overview-pair">
            <Ladder summary={day.limit_up} />
            <MoversTable movers={day.movers} onOpen={onOpen} />
          </div>
          <History day={day} />
        </div>
      )}
    </Page>
  );
}

/** What is shown, and how old it is. */
function About({ day }: { day: MarketDay }) {
  const t = overviewTexts.useText();
  const language = useLanguage();
  const [now] = useState(() => Date.now());
  return (
    <>
      {day.market === "demo" && (
        <Tooltip title={t("simulatedTip")}>
          <span className="tag" data-tone="primary">
            {t("simulated")}
          </span>
        </Tooltip>
      )}
      <span className="soft">
        {day.date} · {t("shares", { count: formatExact(day.shares) })} ·{" "}
        <span title={formatInstant(day.updated_at)}>{t("updated", { age: formatAge(day.updated_at, now, language) })}</span>
      </span>
    </>
  );
}

function Nothing({ chosen, onNewest }: { chosen: boolean; onNewest: () => void }) {
  const t = overviewTexts.useText();
  if (chosen) {
    return (
      <Empty
        title={t("noDay")}
        action={
          <Button type="primary" onClick={onNewest}>
            {t("toNewest")}
          </Button>
        }
      />
    );
  }
  return (
    <Empty
      title={t("emptyTitle")}
      action={
        <Link to="/data">
          <Button type="primary">{t("emptyAction")}</Button>
        </Link>
      }
    >
      {t("emptyText")}
    </Empty>
  );
}
