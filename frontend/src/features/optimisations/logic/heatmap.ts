/** The heat map: what stands in each cell of two parameters. */
import type { Axis } from "./axes";
import { valueText, type Trial } from "./trials";

export interface Cell {
  x: number;
  y: number;
  /** The best trial of the cell; null while none of it has a figure. */
  best: Trial | null;
  /** Trials that fall into the cell, and how many of them have ended. */
  trials: number;
  ended: number;
}

/** Values at which other parameters are held; those not named give the best over all their values. */
export type Slices = Readonly<Record<string, string>>;

const inSlice = (trial: Trial, slices: Slices): boolean =>
  Object.entries(slices).every(([name, wanted]) => valueText(trial.params[name]) === wanted);

/** Give the cells that trials fall into, row by row. */
export function cellsOf(trials: readonly Trial[], x: Axis, y: Axis, slices: Slices = {}): Cell[] {
  const cells = new Map<number, Cell>();
  for (const trial of trials) {
    const at = { x: x.place(trial.params[x.name]), y: y.place(trial.params[y.name]) };
    if (at.x < 0 || at.y < 0 || !inSlice(trial, slices)) continue;
    const key = at.y * x.labels.length + at.x;
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = { ...at, best: null, trials: 0, ended: 0 };
      cells.set(key, cell);
    }
    cell.trials += 1;
    if (trial.state !== "queued") cell.ended += 1;
    const { objective } = trial;
    if (objective !== null && (cell.best?.objective == null || objective > cell.best.objective)) cell.best = trial;
  }
  return [...cells.entries()].sort(([a], [b]) => a - b).map(([, cell]) => cell);
}

/** Pixels of a figure's character at the labels' size, and what a cell keeps free on its sides. */
const CHARACTER = 6.2;
const MARGIN = 4;

/** Whether the longest of the figures, with a mark beside it, fits a cell of this width. */
export function figuresFit(cellWidth: number, figures: readonly string[]): boolean {
  const longest = figures.reduce((most, { length }) => Math.max(most, length), 0);
  return (longest + 1) * CHARACTER + MARGIN <= cellWidth;
}

export interface Scale {
  low: number;
  high: number;
  /** Whether zero lies inside, at the middle of the colours. */
  diverging: boolean;
}

/** Choose the ends of the colours: the same distance both ways where zero lies between, else from the lowest to the highest. */
export function scaleOf(values: readonly number[]): Scale | null {
  if (values.length === 0) return null;
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  if (low < 0 && high > 0) {
    const most = Math.max(-low, high);
    return { low: -most, high: most, diverging: true };
  }
  if (low === high) {
    // One figure only: it stands at the far end of its own side.
    return low === 0 ? { low: -1, high: 1, diverging: true } : { low: Math.min(0, low), high: Math.max(0, high), diverging: false };
  }
  return { low, high, diverging: false };
}

/** Mix two colours "#rrggbb"; share 0 gives the first. */
export function mix(first: string, second: string, share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(1 + 2 * at, 3 + 2 * at), 16);
  const mixed = [0, 1, 2].map((at) => Math.round(channel(first, at) * (1 - share) + channel(second, at) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** The colours from the low end to the high one: losses to gains with a neutral middle, or one side from pale to full. */
export function coloursOf({ low, high, diverging }: Scale, neutral: string, up: string, down: string): string[] {
  if (diverging) return [down, mix(neutral, down, 0.5), neutral, mix(neutral, up, 0.5), up];
  // Pale is not neutral: a small gain is a gain.
  return high > 0 && low >= 0 ? [mix(neutral, up, 0.12), mix(neutral, up, 0.55), up] : [down, mix(neutral, down, 0.55), mix(neutral, down, 0.12)];
}
