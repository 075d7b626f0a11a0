/** Windows over a chart's points, as indices of the first and the last one shown. */
export interface Window {
  start: number;
  end: number;
}

/** Fewer points than this are not worth a zoom. */
export const MIN_POINTS = 10;

function clamp({ start, end }: Window, count: number): Window {
  const size = Math.min(end - start, count - 1);
  const from = Math.max(0, Math.min(start, count - 1 - size));
  return { start: from, end: from + size };
}

/** The newest `size` points. */
export function lastPoints(count: number, size: number): Window {
  return { start: Math.max(0, count - size), end: Math.max(0, count - 1) };
}

/** Zoom around a point (the crosshair) so that it stays where it is; factor < 1 comes closer. */
export function zoomAt(window: Window, count: number, factor: number, around: number): Window {
  const size = window.end - window.start;
  const next = Math.round(Math.min(count - 1, Math.max(Math.min(MIN_POINTS, count) - 1, size * factor)));
  const share = size === 0 ? 0.5 : Math.min(1, Math.max(0, (around - window.start) / size));
  const start = Math.round(around - share * next);
  return clamp({ start, end: start + next }, count);
}

/** Move by a number of points, stopping at the ends. */
export function panBy(window: Window, count: number, points: number): Window {
  return clamp({ start: window.start + points, end: window.end + points }, count);
}

/** Move as little as needed for the point to be inside. */
export function include(window: Window, count: number, index: number): Window {
  if (index < window.start) return panBy(window, count, index - window.start);
  if (index > window.end) return panBy(window, count, index - window.end);
  return window;
}

/** The window that shows the days from one to another, with a third of room on both sides; null when none is there. */
export function around(times: readonly string[], from: string, to: string): Window | null {
  const first = times.findIndex((time) => time >= from);
  const last = times.findLastIndex((time) => time <= to);
  if (first < 0 || last < first) return null;
  const room = Math.max(MIN_POINTS, Math.round((last - first) / 3));
  return { start: Math.max(0, first - room), end: Math.min(times.length - 1, last + room) };
}
