import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import { useState } from "react";

import { formatExact } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { planQuery } from "./api";
import { refreshTexts } from "./i18n";
import { EVERYTHING, freshnessOf, minutesText } from "./logic";
import { RunDialog } from "./RunDialog";

/** How fresh what is stored is, and a refresh with what it will cost said before. */
export function Freshness({ busy }: { busy: boolean }) {
  const t = refreshTexts.useText();
  const [open, setOpen] = useState(false);
  const plan = useQuery(planQuery(EVERYTHING));
  if (plan.isError && plan.data === undefined) return <ErrorPanel title={t("planError")} error={plan.error} onRetry={() => void plan.refetch()} />;
  if (plan.data === undefined) return <Loading rows={3} />;
  const { day, online, fetches, most_behind, minutes, calendar_to } = plan.data;
  const { total, fresh, leftOut } = freshnessOf(plan.data);
  return (
    <section aria-label={t("freshness")}>
      <h2>{t("freshness")}</h2>
      {total > 0 && (
        <p>
          <strong>{t(fresh === total ? "allFresh" : "freshOf", { fresh: formatExact(fresh), total: formatExact(total), day: day ?? "" })}</strong>
        </p>
      )}
      {online && fetches > 0 && (
        <p className="soft">{t("behind", { count: formatExact(fetches), days: formatExact(most_behind), minutes: formatExact(minutesText(minutes)) })}</p>
      )}
      <p className="soft">{calendar_to === null ? t("calendarGuess") : t("calendarTo", { day: calendar_to })}</p>
      {leftOut > 0 && <p className="soft">{t("leftOut", { count: formatExact(leftOut) })}</p>}
      {online ? (
        <div className="refresh-row">
          <Button type="primary" disabled={busy} onClick={() => setOpen(true)}>
            {t("runNow")}
          </Button>
        </div>
      ) : (
        <Alert type="info" showIcon title={t("offlineTitle")} description={t("offlineText")} />
      )}
      {open && <RunDialog onClose={() => setOpen(false)} />}
    </section>
  );
}
