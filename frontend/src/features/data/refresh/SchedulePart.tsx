import { useQuery } from "@tanstack/react-query";
import { App, Button, Select, Switch } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { formatInstant } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { scheduleQuery, usePutSchedule, type Schedule } from "./api";
import { refreshTexts } from "./i18n";
import { symbolsIn, timesOfDay } from "./logic";

const EVENING = [15 * 60 + 30, 24 * 60] as const;
const NIGHT = [0, 9 * 60] as const;
type Settings = Pick<Schedule, "enabled" | "at" | "night_at" | "indices">;

/** Switch the daily refresh on or off, say when, and which indices are followed. */
export function SchedulePart() {
  const t = refreshTexts.useText();
  const { message, notification } = App.useApp();
  const { data, error, isError, refetch } = useQuery(scheduleQuery);
  const put = usePutSchedule();
  if (isError && data === undefined) return <ErrorPanel title={t("scheduleError")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading rows={3} />;
  const save = (change: Partial<Settings>, done: (saved: Schedule) => string) =>
    put.mutate(
      { enabled: data.enabled, at: data.at, night_at: data.night_at, indices: data.indices, ...change },
      {
        onSuccess: (saved) => void message.success(done(saved)),
        onError: (failure) => notification.error({ title: t("scheduleFailed"), description: explain(failure).message, duration: 0 }),
      },
    );
  const saveTimes = (change: Partial<Settings>) => save(change, (saved) => t(saved.enabled ? "scheduleOn" : "scheduleOff"));
  return (
    <section aria-label={t("schedule")}>
      <h2>{t("schedule")}</h2>
      <div className="refresh-row">
        <Switch aria-label={t("schedule")} checked={data.enabled} loading={put.isPending} onChange={(enabled) => saveTimes({ enabled })} />
        <Time label={t("scheduleAt")} value={data.at} bounds={EVENING} next={data.next_at} disabled={put.isPending} onChange={(at) => saveTimes({ at })} />
        <Time
          label={t("scheduleNight")}
          value={data.night_at}
          bounds={NIGHT}
          next={data.next_night_at}
          disabled={put.isPending}
          onChange={(night_at) => saveTimes({ night_at })}
        />
      </div>
      <p className="soft">{t("scheduleHelp")}</p>
      <Indices key={data.indices.join()} saved={data.indices} busy={put.isPending} onSave={(indices) => save({ indices }, () => t("indicesSaved"))} />
    </section>
  );
}

interface TimeProps {
  label: string;
  value: string;
  bounds: readonly [number, number];
  next: string | null;
  disabled: boolean;
  onChange: (value: string) => void;
}

function Time({ label, value, bounds, next, disabled, onChange }: TimeProps) {
  const t = refreshTexts.useText();
  return (
    <span className="refresh-time">
      <span>{label}</span>
      <Select
        aria-label={label}
        style={{ width: 88 }}
        value={value}
        disabled={disabled}
        onChange={onChange}
        options={timesOfDay(value, ...bounds).map((time) => ({ value: time, label: time }))}
      />
      {next !== null && <span className="soft">{t("scheduleNext", { at: formatInstant(next, { seconds: false }) })}</span>}
    </span>
  );
}

function Indices({ saved, busy, onSave }: { saved: readonly string[]; busy: boolean; onSave: (indices: string[]) => void }) {
  const t = refreshTexts.useText();
  const [indices, setIndices] = useState<string[]>([...saved]);
  const changed = indices.join() !== saved.join();
  return (
    <label className="refresh-field">
      <span>{t("indices")}</span>
      <span className="refresh-indices">
        <Select<string[]>
          mode="tags"
          aria-label={t("indices")}
          value={indices}
          open={false}
          suffix={null}
          maxTagCount="responsive"
          onChange={(chosen) => setIndices(chosen.flatMap(symbolsIn))}
          tokenSeparators={[",", " ", "，"]}
        />
        {changed && (
          <Button loading={busy} onClick={() => onSave(indices)}>
            {t("indicesSave")}
          </Button>
        )}
      </span>
    </label>
  );
}
