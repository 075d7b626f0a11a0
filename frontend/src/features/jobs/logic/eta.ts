/** Rate and time left of long work, from what it reports of its progress. */

export interface ProgressSample {
  /** Milliseconds, any clock that only goes forward. */
  at: number;
  done: number;
}

export interface Pace {
  /** Units a second over the window; null until two reports with work between them are known. */
  rate: number | null;
  /** Seconds; null while the rate or the total is unknown. */
  secondsLeft: number | null;
}

/** The window is long enough to even out bursts and short enough to follow a change of speed. */
const WINDOW_MS = 15_000;
/** Two reports closer than this say nothing about speed. */
const SHORTEST_MS = 400;

/** Add a report. Work that starts over (a retry counts from zero) forgets the samples before. */
export function addSample(samples: readonly ProgressSample[], sample: ProgressSample): readonly ProgressSample[] {
  const last = samples.at(-1);
  if (last === undefined || sample.done < last.done) return [sample];
  if (sample.done === last.done) return samples;
  const recent = samples.filter(({ at }) => sample.at - at <= WINDOW_MS);
  // One sample from before the window keeps slow work measurable.
  const base = recent.length === 0 ? samples.slice(-1) : recent;
  return [...base, sample];
}

/** Give the pace at a moment; work that has gone quiet slows down instead of promising the old rate. */
export function paceOf(samples: readonly ProgressSample[], total: number | null, now: number): Pace {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.done <= first.done) return { rate: null, secondsLeft: null };
  const interval = (last.at - first.at) / Math.max(1, samples.length - 1);
  const quiet = Math.max(0, now - last.at - interval);
  const elapsed = last.at - first.at + quiet;
  if (elapsed < SHORTEST_MS) return { rate: null, secondsLeft: null };
  const rate = ((last.done - first.done) / elapsed) * 1000;
  const secondsLeft = total === null ? null : Math.max(0, (total - last.done) / rate);
  return { rate, secondsLeft };
}

/** Give 0..1, or null while the total is unknown. */
export function fractionOf(progress: { done: number; total: number | null } | null): number | null {
  const total = progress?.total ?? 0;
  if (progress === null || total <= 0) return null;
  return Math.min(1, Math.max(0, progress.done / total));
}
