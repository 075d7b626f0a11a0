import type { components } from "@/api/schema.gen";

type Check = components["schemas"]["LookaheadCheck"];
export type CheckState = Check["state"];
export type Tone = "busy" | "good" | "bad" | "plain";

export const isUnderWay = (state: CheckState): boolean => state === "queued" || state === "running";

/** How the badge looks: only what was found may alarm, only what was tested may reassure. */
export function toneOf(state: CheckState): Tone {
  if (isUnderWay(state)) return "busy";
  if (state === "clean") return "good";
  return state === "look_ahead" ? "bad" : "plain";
}

/** The differences with each decision once, at its earliest cut: the same one is often seen at several. */
export function distinctDifferences<D extends Pick<Check["differences"][number], "cut" | "date" | "symbol" | "field">>(
  differences: readonly D[],
): D[] {
  const found = new Map<string, D>();
  for (const one of differences) {
    // A failure is told of each cut.
    const key = one.field === "error" ? `error ${one.cut}` : `${one.date} ${one.symbol ?? ""} ${one.field}`;
    const known = found.get(key);
    if (known === undefined || one.cut < known.cut) found.set(key, one);
  }
  return [...found.values()].sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}
