import type { components } from "@/api/schema.gen";

export type Job = components["schemas"]["Job"];
export type JobState = Job["state"];
export type JobKind = Job["kind"];
export type JobEvent = components["schemas"]["EventMessage"]["event"];
export type LogLine = components["schemas"]["LogLine"];
export type JobLog = components["schemas"]["JobLog"];

const FINISHED: ReadonlySet<JobState> = new Set(["succeeded", "failed", "cancelled"]);

export const isFinished = (job: Pick<Job, "state">): boolean => FINISHED.has(job.state);
export const isCancellable = (job: Pick<Job, "state">): boolean => job.state === "queued" || job.state === "running";
export const isRetryable = (job: Pick<Job, "state">): boolean => job.state === "failed" || job.state === "cancelled";

const RANK: Record<JobState, number> = { queued: 0, running: 1, cancelling: 2, succeeded: 3, failed: 3, cancelled: 3 };

/** Give the one of a later attempt; null where their starts do not tell. */
function laterStart(known: Job, incoming: Job): Job | null {
  if (known.started_at === null || incoming.started_at === null) return null;
  const by = Date.parse(incoming.started_at) - Date.parse(known.started_at);
  return by === 0 ? null : by > 0 ? incoming : known;
}

/** Choose between what is known of a job and what has just arrived: answers and events may overtake each other. */
export function newerJob(known: Job, incoming: Job): Job {
  // A retry puts a finished job back into the queue, and counts its attempts anew.
  if (isFinished(known) && incoming.state === "queued") return incoming;
  const later = laterStart(known, incoming);
  if (later !== null) return later;
  if (incoming.attempt !== known.attempt) return incoming.attempt > known.attempt ? incoming : known;
  if (RANK[incoming.state] !== RANK[known.state]) return RANK[incoming.state] > RANK[known.state] ? incoming : known;
  if (incoming.progress === null || known.progress === null) return incoming.progress === null ? known : incoming;
  return incoming.progress.done >= known.progress.done ? incoming : known;
}

/** Apply an event to a job; events of other jobs leave it as it is. */
export function applyEvent(job: Job, event: JobEvent): Job {
  if (event.type === "job.changed") return event.job.id === job.id ? newerJob(job, event.job) : job;
  if (event.type !== "job.progress" || event.job_id !== job.id || isFinished(job)) return job;
  return { ...job, progress: event.progress };
}

/** Most lines kept in the page; the server keeps the rest. */
const MOST_LINES = 20_000;

/** Append live lines to a log, without those that a re-read or a resumed socket brought already. */
export function appendLines(log: JobLog, lines: readonly LogLine[]): JobLog {
  const last = log.lines.at(-1);
  const fresh = last === undefined ? lines : lines.filter((line) => line.at > last.at || !isAmongLatest(log.lines, line));
  if (fresh.length === 0) return log;
  const all = [...log.lines, ...fresh];
  const dropped = all.length > MOST_LINES;
  return { lines: dropped ? all.slice(-MOST_LINES) : all, truncated: log.truncated || dropped };
}

function isAmongLatest(lines: readonly LogLine[], line: LogLine): boolean {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const known = lines[index];
    if (known === undefined || known.at < line.at) return false;
    if (known.at === line.at && known.text === line.text && known.level === line.level) return true;
  }
  // Older than everything that is known: it was dropped, or belongs to the part that was read.
  return true;
}
