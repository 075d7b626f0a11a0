import type { HostHealth, SourceEvent, Trouble } from "./api";

/** From the lightest to the heaviest. */
export const TROUBLES: readonly Trouble[] = ["setup", "answer", "limit", "unreachable", "drift", "ban"];
const DAY_MS = 86_400_000;

/** The day in Beijing of an instant, 2024-03-15. */
export function dayOf(instant: string | number): string {
  return new Date(new Date(instant).getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** The last days up to now, the oldest first. */
export function lastDays(now: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => dayOf(now - (count - 1 - at) * DAY_MS));
}

export interface DayCell {
  day: string;
  /** The heaviest of the day; null for none. */
  worst: Trouble | null;
  /** Failures by trouble, the heaviest first. */
  counts: readonly (readonly [Trouble, number])[];
}

/** One host's days: a run of failures shows on each day from its first to its last. */
export function cellsOf(events: readonly SourceEvent[], days: readonly string[]): DayCell[] {
  return days.map((day) => {
    const counts = new Map<Trouble, number>();
    for (const { trouble, count, first_at, last_at } of events)
      if (dayOf(first_at) <= day && day <= dayOf(last_at)) counts.set(trouble, (counts.get(trouble) ?? 0) + count);
    const sorted = [...counts].sort(([a], [b]) => TROUBLES.indexOf(b) - TROUBLES.indexOf(a));
    return { day, worst: sorted[0]?.[0] ?? null, counts: sorted };
  });
}

/** Events by host, or by source where they name none; hosts without events keep their row. */
export function byHost(events: readonly SourceEvent[], hosts: readonly { source: string; host: string }[]): Map<string, SourceEvent[]> {
  const found = new Map<string, SourceEvent[]>(hosts.map(({ host }) => [host, []]));
  for (const event of events) {
    const key = event.host ?? event.source;
    found.set(key, [...(found.get(key) ?? []), event]);
  }
  return found;
}

/** Nobody has asked it for anything that we know of. */
export const isUnused = ({ last_success, last_error_at }: HostHealth): boolean => last_success === null && last_error_at === null;

/** Its last answer was of no use. */
export const isFailing = ({ last_success, last_error_at }: HostHealth): boolean =>
  last_error_at !== null && (last_success === null || last_success < last_error_at);

/** The hosts in use, or the first where none is; and the rest, which one line tells of. */
export function usedFirst(hosts: readonly HostHealth[]): { shown: readonly HostHealth[]; rest: readonly HostHealth[] } {
  const used = hosts.filter((host) => !isUnused(host));
  const shown = used.length > 0 ? used : hosts.slice(0, 1);
  return { shown, rest: hosts.filter((host) => !shown.includes(host)) };
}
