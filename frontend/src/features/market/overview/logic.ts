import { mix } from "@/features/optimisations/logic/heatmap";

import type { HeatBoard } from "./api";

/** A change this large has the full colour. */
const FULL = 0.05;
/** Of the colour in a full cell: text stays readable on it. */
const STRONGEST = 0.55;

interface Colours {
  neutral: string;
  up: string;
  down: string;
}

/** The colour of a change: neutral at 0, full at 5 %. */
export function heatColour(change: number, { neutral, up, down }: Colours): string {
  const share = Math.min(1, Math.abs(change) / FULL) * STRONGEST;
  return change === 0 ? neutral : mix(neutral, change > 0 ? up : down, 0.1 + share * 0.9);
}

export interface HeatNode {
  name: string;
  value: number;
  change: number;
  /** Of a share. */
  symbol?: string;
  /** Of a board, and of what is left of it. */
  board?: string;
  children?: HeatNode[];
}

/** The boards as nested areas; what is not listed of a board is one area of its own. */
export function heatNodes(boards: readonly HeatBoard[], others: (count: number) => string): HeatNode[] {
  return boards.map(({ code, name, change, amount, count, shares }) => {
    const children: HeatNode[] = shares.map((share) => ({
      name: share.name,
      value: share.amount,
      change: share.change,
      symbol: share.symbol,
    }));
    const listed = shares.reduce((sum, share) => sum + share.amount, 0);
    const rest = amount - listed;
    if (count > shares.length && rest > 0) {
      const known = shares.reduce((sum, share) => sum + share.change * share.amount, 0);
      children.push({ name: others(count - shares.length), value: rest, change: (change * amount - known) / rest, board: code });
    }
    return { name, value: amount, change, board: code, children };
  });
}

/** A change with the day before, as a fraction; null where there is none. */
export function against(values: readonly number[]): number | null {
  const last = values.at(-1);
  const before = values.at(-2);
  return last === undefined || before === undefined || before <= 0 ? null : last / before - 1;
}
