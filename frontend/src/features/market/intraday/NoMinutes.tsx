import { Alert, Button, Tooltip } from "antd";
import { Link } from "react-router";

import { explain } from "@/api/errors";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { Empty } from "@/ui/state";

import type { InstrumentDetail } from "../api";
import { useFetching, useWhyNotFetch } from "../components/useFetching";
import { marketTexts } from "../i18n";
import { fetchedFor, type View } from "../logic/views";
import { intradayTexts } from "./i18n";

interface NoMinutesProps {
  stock: InstrumentDetail;
  view: View;
  /** There are minutes, but none up to this day. */
  until?: string | null;
  onLatest?: () => void;
}

/** Minutes that are not stored: fetch them, or import a file. */
export function NoMinutes({ stock, view, until, onLatest }: NoMinutesProps) {
  const t = intradayTexts.useText();
  const tMarket = marketTexts.useText();
  const interval = fetchedFor(view);
  const fetching = useFetching(stock.symbol, undefined, interval);
  const why = useWhyNotFetch(stock);
  if (until != null) {
    return <Empty title={t("noneUntil", { date: until })} action={<Button onClick={onLatest}>{t("latest")}</Button>} />;
  }
  const button = (
    <Button type="primary" loading={fetching.busy} disabled={why !== null} onClick={fetching.start}>
      {t("fetch", { interval: t(`view.${interval}`) })}
    </Button>
  );
  return (
    <Empty
      title={t("noneTitle", { symbol: stock.symbol })}
      action={
        <>
          {why === null ? button : <Tooltip title={tMarket(why)}>{button}</Tooltip>}
          <Link to="/data">
            <Button>{t("importFile")}</Button>
          </Link>
        </>
      }
    >
      <p>{stock.minutes.length > 0 ? t("noneFiner", { interval: t(`view.${view}`) }) : t("noneText")}</p>
      {why !== null && <p>{tMarket(why)}</p>}
      {fetching.busy && <JobProgress live={fetching.live} />}
      {fetching.error !== null && (
        <Alert type="error" showIcon title={t("failed")} description={explain(fetching.error).message} />
      )}
      {fetching.failure !== null && <JobErrorText error={fetching.failure} />}
    </Empty>
  );
}
