import { Alert, Button, Tooltip } from "antd";
import { Link } from "react-router";

import { explain } from "@/api/errors";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { Empty } from "@/ui/state";

import { marketTexts } from "../i18n";
import { useFetching, useWhyNotFetch } from "./useFetching";

interface NotStoredProps {
  symbol: string;
  kind: string;
  simulated: boolean;
  title: string;
  text: string;
}

/** An instrument without bars: fetch them, or import a file. */
export function NotStored({ symbol, kind, simulated, title, text }: NotStoredProps) {
  const t = marketTexts.useText();
  const fetching = useFetching(symbol);
  const why = useWhyNotFetch({ kind, simulated });
  const fetchButton = (
    <Button type="primary" loading={fetching.busy} disabled={why !== null} onClick={fetching.start}>
      {t(fetching.busy ? "fetching" : "fetch")}
    </Button>
  );
  return (
    <Empty
      title={title}
      action={
        <>
          {why === null ? fetchButton : <Tooltip title={t(why)}>{fetchButton}</Tooltip>}
          <Link to="/data">
            <Button>{t("importFile")}</Button>
          </Link>
        </>
      }
    >
      <p>{text}</p>
      {why !== null && <p>{t(why)}</p>}
      {fetching.busy && <JobProgress live={fetching.live} />}
      {fetching.error !== null && (
        <Alert type="error" showIcon title={t("fetchFailed")} description={explain(fetching.error).message} />
      )}
      {fetching.failure !== null && <JobErrorText error={fetching.failure} />}
    </Empty>
  );
}
