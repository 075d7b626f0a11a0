import { CloudDownloadOutlined } from "@ant-design/icons";
import { Alert, App, Button, Tooltip } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { localText, useLanguage } from "@/app/i18n/local";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { formatAge, formatInstant } from "@/ui/format";

import type { InstrumentDetail } from "../api";
import { useWhyNotFetch } from "../components/useFetching";
import { marketTexts } from "../i18n";
import type { CompanyTable, PartitionInfo } from "./api";
import { companyTexts } from "./i18n";
import { useFetchingTables } from "./useFetchingTables";

interface OriginProps {
  stock: InstrumentDetail;
  table: CompanyTable;
  stored: PartitionInfo;
}

/** Where a table is from, how old it is, and a button that asks for it again. */
export function Origin({ stock, table, stored }: OriginProps) {
  const t = companyTexts.useText();
  const market = marketTexts.useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const why = useWhyNotFetch(stock);
  const fetching = useFetchingTables(stock.symbol, [table], () => void message.success(t("updateDone")));
  const [now] = useState(() => Date.now());
  const failure =
    fetching.failure !== null ? localText(fetching.failure, "message", language) : fetching.error !== null ? explain(fetching.error).message : null;
  return (
    <>
      <div className="company-origin soft">
        <span title={t("changed", { when: formatInstant(stored.fetched_at), parser: stored.parser })}>{t("origin", { source: stored.source })}</span>
        <span title={formatInstant(stored.checked_at)}>{t("checked", { age: formatAge(stored.checked_at, now, language) })}</span>
        {fetching.busy && <JobProgress live={fetching.live} />}
        <Tooltip title={why === null ? t("updateTip") : market(why)}>
          <Button size="small" type="text" icon={<CloudDownloadOutlined aria-hidden />} loading={fetching.busy} disabled={why !== null} onClick={fetching.start}>
            {t("update")}
          </Button>
        </Tooltip>
      </div>
      {failure !== null && !fetching.busy && <Alert type="warning" showIcon title={failure} />}
    </>
  );
}
