/** Which run belongs to which cell of a text that is being edited. */
import type { Cell } from "./cells";
import type { Run } from "./outputs";

export interface TrackedCell extends Cell {
  /** Stays with the cell while it is edited and moved by edits above it. */
  id: string;
}

/** Where a tracked mark is now. */
export interface Mark {
  id: string;
  line: number;
}

export interface Placed {
  run: Run;
  /** The run was of the whole cell and not of a selection in it. */
  whole: boolean;
  /** The cell was edited since. */
  stale: boolean;
}

/** What runs before the first mark. */
export const TOP = "top";
const ALIKE = 0.5;

/** Give each cell its id: that of the mark which is on its line now, else a new one. */
export function identified(cells: readonly Cell[], marks: readonly Mark[], next: () => string): TrackedCell[] {
  const known = new Map<number, string>();
  for (const { id, line } of marks) if (!known.has(line)) known.set(line, id);
  return cells.map((cell) => ({ ...cell, id: cell.mark === 0 ? TOP : (known.get(cell.mark) ?? next()) }));
}

/** Remembers whose a run is from when it was first seen, so that later edits do not take it away. */
export class Owners {
  private readonly of = new Map<string, string>();

  /** Give the newest run of each cell. Runs that are of none of the cells are left out. */
  place(runs: readonly Run[], cells: readonly TrackedCell[]): Map<string, Placed> {
    const here = new Map(cells.map((cell) => [cell.id, cell]));
    const placed = new Map<string, Placed>();
    for (const run of runs) {
      const owned = here.get(this.of.get(run.cell) ?? "");
      const cell = owned ?? ownerOf(run, cells);
      if (cell === undefined) continue;
      this.of.set(run.cell, cell.id);
      const whole = this.isWhole(run, cell);
      placed.set(cell.id, { run, whole, stale: whole && !same(run.code, cell.code) });
    }
    return placed;
  }

  private readonly wholes = new Map<string, boolean>();

  private isWhole(run: Run, cell: Cell): boolean {
    const known = this.wholes.get(run.cell) ?? (run.line === cell.line || same(run.code, cell.code));
    this.wholes.set(run.cell, known);
    return known;
  }
}

function ownerOf(run: Run, cells: readonly TrackedCell[]): TrackedCell | undefined {
  if (run.line === 0) return undefined; // typed in the window
  const code = cells.filter(({ kind }) => kind === "code");
  const equal = code.filter((cell) => same(cell.code, run.code));
  if (equal.length > 0) return equal.reduce((best, cell) => (far(cell, run) < far(best, run) ? cell : best));
  return (
    code.find((cell) => cell.line === run.line && alike(cell.code, run.code) >= ALIKE) ??
    code.find((cell) => cell.line <= run.line && run.line <= cell.end && cell.code.includes(run.code.trim()))
  );
}

const far = (cell: Cell, run: Run): number => Math.abs(cell.line - run.line);
const same = (one: string, other: string): boolean => one.trimEnd() === other.trimEnd();

/** The share of the lines of one text that are in the other. */
function alike(one: string, other: string): number {
  const lines = (text: string) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const [a, b] = [lines(one), new Set(lines(other))];
  return a.length === 0 ? 0 : a.filter((line) => b.has(line)).length / Math.max(a.length, b.size);
}
