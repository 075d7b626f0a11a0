import { formatInstant } from "@/ui/format";

/** The time of day of an instant in Beijing, for logs: "09:30:00". */
export const clockTime = (instant: string): string => formatInstant(instant).slice(11);

/** Seconds from start to finish, or to now while it runs; null before it has started. */
export function durationOf(job: { started_at: string | null; finished_at: string | null }, now: number): number | null {
  if (job.started_at === null) return null;
  const end = job.finished_at === null ? now : Date.parse(job.finished_at);
  return Math.max(0, (end - Date.parse(job.started_at)) / 1000);
}
