import { useQuery } from "@tanstack/react-query";
import { App, Select, Switch } from "antd";

import { explain } from "@/api/errors";
import { formatInstant } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { scheduleQuery, usePutSchedule, type Schedule } from "./api";
import { refreshTexts } from "./i18n";
import { timesOfDay } from "./logic";

/** Switch the daily refresh on or off, and say when. */
export function SchedulePart() {
  const t = refreshTexts.useText();
  const { message, notification } = App.useApp();
  const { data, error, isError, refetch } = useQuery(scheduleQuery);
  const put = usePutSchedule();
  if (isError && data === undefined) return <ErrorPanel title={t("scheduleError")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={3} />;
  const save = (body: Pick<Schedule, "enabled" | "at">) =>
    put.mutate(body, {
      onSuccess: (saved) => void message.success(t(saved.enabled ? "scheduleOn" : "scheduleOff")),
      onError: (failure) => notification.error({ title: t("scheduleFailed"), description: explain(failure).message, duration: 0 }),
    });
  return (
    <section aria-label={t("schedule")}>
      <h2>{t("schedule")}</h2>
      <div className="refresh-row">
        <Switch aria-label={t("schedule")} checked={data.enabled} loading={put.isPending} onChange={(enabled) => save({ enabled, at: data.at })} />
        <span>{t("scheduleAt")}</span>
        <Select
          aria-label={t("scheduleAt")}
          style={{ width: 96 }}
          value={data.at}
          disabled={put.isPending}
          onChange={(at) => save({ enabled: data.enabled, at })}
          options={timesOfDay(data.at).map((value) => ({ value, label: value }))}
        />
        {data.next_at !== null && <span className="soft">{t("scheduleNext", { at: formatInstant(data.next_at, { seconds: false }) })}</span>}
      </div>
      <p className="soft">{t("scheduleHelp")}</p>
    </section>
  );
}
