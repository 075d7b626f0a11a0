import { Button } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { localText, useLanguage } from "@/app/i18n/local";
import { JobProgress } from "@/features/jobs/components/JobProgress";
import { formatAge, formatInstant } from "@/ui/format";

import type { BarSeries, InstrumentDetail } from "../api";
import { useFetching, useWhyNotFetch } from "../components/useFetching";
import { fetchedFor, type View } from "../logic/views";
import { intradayTexts } from "./i18n";

interface MinuteOriginProps {
  stock: InstrumentDetail;
  view: View;
  /** Of the bars that are shown; absent while they load. */
  shown: Pick<BarSeries, "stored_interval" | "source" | "updated_at"> | undefined;
  /** Adjusted prices were asked for and could not be made. */
  raw: boolean;
}

/** Where the minutes on the chart come from and how old they are, with a button to fetch newer ones. */
export function MinuteOrigin({ stock, view, shown, raw }: MinuteOriginProps) {
  const t = intradayTexts.useText();
  const language = useLanguage();
  const [now] = useState(() => Date.now());
  const interval = shown === undefined ? fetchedFor(view) : fetchedFor(shown.stored_interval);
  const fetching = useFetching(stock.symbol, undefined, interval);
  const why = useWhyNotFetch(stock);
  if (shown === undefined) return null;
  const failure =
    fetching.failure !== null ? localText(fetching.failure, "message", language) : fetching.error !== null ? explain(fetching.error).message : null;
  const made = view !== "day" && view !== "5day" && shown.stored_interval !== view;
  return (
    <p className="market-note soft intraday-origin">
      <span title={formatInstant(shown.updated_at)}>
        {t("age", { interval: t(`view.${interval}`), source: shown.source, age: formatAge(shown.updated_at, now, language) })}
        {made && ` · ${t("made", { interval: t(`view.${interval}`) })}`}
        {raw && ` · ${t("raw")}`}
      </span>
      {why === null && (
        <Button type="link" size="small" loading={fetching.busy} onClick={fetching.start}>
          {t("update")}
        </Button>
      )}
      {fetching.busy && <JobProgress live={fetching.live} />}
      {failure !== null && !fetching.busy && <span className="down">{failure}</span>}
    </p>
  );
}
