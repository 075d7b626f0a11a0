import { useQuery } from "@tanstack/react-query";
import { Alert, App, Button } from "antd";

import { explain } from "@/api/errors";
import { formatExact } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { planQuery, useCreateRefresh } from "./api";
import { refreshTexts } from "./i18n";
import { freshnessOf, minutesText } from "./logic";

/** How fresh the stored stocks are, and a refresh with what it will cost said before. */
export function Freshness({ busy }: { busy: boolean }) {
  const t = refreshTexts.useText();
  const { modal, message, notification } = App.useApp();
  const plan = useQuery(planQuery);
  const create = useCreateRefresh();
  if (plan.isError && plan.data === undefined) return <ErrorPanel title={t("planError")} error={plan.error} onRetry={() => void plan.refetch()} />;
  if (plan.data === undefined) return <Loading rows={3} />;
  const { day, online, fetches, most_behind, minutes, items } = plan.data;
  const { total, fresh, leftOut } = freshnessOf(plan.data);
  const about = minutesText(minutes);

  const run = () =>
    modal.confirm({
      title: t("runTitle", { day: day ?? "" }),
      width: 520,
      content: (
        <>
          <p>{t("runText", { count: formatExact(fetches), minutes: formatExact(about) })}</p>
          <ul className="refresh-plan">
            {items.items
              .filter(({ start }) => start !== null)
              .map(({ symbol, reason, start, end }) => (
                <li key={symbol}>
                  {symbol} <span className="soft">{t(`reason.${reason}`)}</span> {t("rangeOf", { start: start ?? "", end: end ?? "" })}
                </li>
              ))}
          </ul>
          {fetches > items.items.length && <p className="soft">{t("more", { count: formatExact(fetches - items.items.length) })}</p>}
        </>
      ),
      okText: t("run"),
      cancelText: t("cancel"),
      onOk: async () => {
        try {
          await create.mutateAsync();
          void message.success(t("started"));
        } catch (error) {
          notification.error({ title: t("startFailed"), description: explain(error).message, duration: 0 });
        }
      },
    });

  return (
    <section aria-label={t("freshness")}>
      <h2>{t("freshness")}</h2>
      {total === 0 ? (
        <Empty title={t("noStocks")}>{t("noStocksText")}</Empty>
      ) : (
        <>
          <p>
            <strong>{t(fetches === 0 ? "allFresh" : "freshOf", { fresh: formatExact(fresh), total: formatExact(total), day: day ?? "" })}</strong>
          </p>
          {fetches > 0 && <p className="soft">{t("behind", { count: formatExact(fetches), days: formatExact(most_behind), minutes: formatExact(about) })}</p>}
          {leftOut > 0 && <p className="soft">{t("leftOut", { count: formatExact(leftOut) })}</p>}
        </>
      )}
      {!online && <Alert type="info" showIcon title={t("offlineTitle")} description={t("offlineText")} />}
      {online && total > 0 && (
        <div className="refresh-row">
          <Button type="primary" disabled={fetches === 0 || busy} loading={create.isPending} onClick={run}>
            {t("runNow")}
          </Button>
        </div>
      )}
    </section>
  );
}
