import { useLanguage } from "@/app/i18n/local";
import { formatCompact } from "@/ui/format";
import { ProgressLine } from "@/ui/state";

import { isFinished, type LiveJob } from "../api";
import { jobTexts } from "../i18n";
import { fractionOf, paceOf } from "../logic/eta";
import { steadyClock, useNow } from "./useNow";

const STATUS = { succeeded: "done", failed: "failed", cancelled: "failed" } as const;

/** Progress of a job with its rate and the time left. */
export function JobProgress({ live }: { live: LiveJob }) {
  const t = jobTexts.useText();
  const language = useLanguage();
  const { job, samples } = live;
  const running = job !== null && !isFinished(job);
  const now = useNow(steadyClock, running);
  if (job === null) return null;
  const { progress, state } = job;
  const pace = paceOf(samples, progress?.total ?? null, now);
  const unitKey = `unit.${progress?.unit ?? ""}`;
  const unit = jobTexts.has(unitKey) ? t(unitKey) : (progress?.unit ?? "");
  const count = (value: number) => formatCompact(value, language, { digits: value < 10_000 ? 0 : 1 });
  const done =
    progress === null
      ? undefined
      : progress.total === null
        ? t("doneOnly", { done: count(progress.done), unit })
        : t("doneOf", { done: count(progress.done), total: count(progress.total), unit });
  const note = state === "queued" ? t("waiting") : [progress?.message, done].filter((part) => part != null).join(" · ");
  return (
    <ProgressLine
      label={job.title}
      fraction={state === "queued" ? 0 : fractionOf(progress)}
      status={state in STATUS ? STATUS[state as keyof typeof STATUS] : "running"}
      rate={running && state !== "queued" ? pace.rate : null}
      unit={unit}
      secondsLeft={running && state === "running" ? pace.secondsLeft : null}
      note={note}
    />
  );
}
