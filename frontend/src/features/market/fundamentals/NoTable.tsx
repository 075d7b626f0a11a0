import { Alert, Button, Tooltip } from "antd";

import { explain } from "@/api/errors";
import { JobErrorText } from "@/features/jobs/components/JobErrorText";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { Empty } from "@/ui/state";

import type { InstrumentDetail } from "../api";
import { useWhyNotFetch } from "../components/useFetching";
import { marketTexts } from "../i18n";
import { companyTexts } from "./i18n";
import { useFetchingTables } from "./useFetchingTables";

/** A table that was never fetched: get it, or why that cannot be done here. */
export function NoTable({ stock, title }: { stock: InstrumentDetail; title: string }) {
  const t = companyTexts.useText();
  const market = marketTexts.useText();
  const fetching = useFetchingTables(stock.symbol, null);
  const why = useWhyNotFetch(stock);
  const button = (
    <Button type="primary" loading={fetching.busy} disabled={why !== null} onClick={fetching.start}>
      {t(fetching.busy ? "fetching" : "fetch")}
    </Button>
  );
  return (
    <Empty title={title} action={why === null ? button : <Tooltip title={market(why)}>{button}</Tooltip>}>
      <p>{t("noneText")}</p>
      {why !== null && <p>{market(why)}</p>}
      {fetching.busy && <JobProgress live={fetching.live} />}
      {fetching.done && <p>{t("notGiven")}</p>}
      {fetching.error !== null && <Alert type="error" showIcon title={t("fetchFailed")} description={explain(fetching.error).message} />}
      {fetching.failure !== null && <JobErrorText error={fetching.failure} />}
    </Empty>
  );
}
