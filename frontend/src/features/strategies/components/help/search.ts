import type sdk from "../../sdk.gen.json";

export type HelpEntry = (typeof sdk.entries)[number];

/** How well an entry answers a search, from 0 on; null when it does not. All words must be found somewhere in it. */
function rank(entry: HelpEntry, words: readonly string[]): number | null {
  const name = entry.name.toLowerCase();
  const near = `${entry.id} ${entry.zh} ${entry.en}`.toLowerCase();
  const far = `${entry.signature} ${entry.text} ${entry.parameters.map((part) => `${part.name} ${part.text}`).join(" ")}`.toLowerCase();
  let worst = 0;
  for (const word of words) {
    const place = name === word ? 0 : name.startsWith(word) ? 1 : name.includes(word) ? 2 : near.includes(word) ? 3 : far.includes(word) ? 4 : null;
    if (place === null) return null;
    worst = Math.max(worst, place);
  }
  return worst;
}

/** Find what answers a search, best first; everything in its order without one. */
export function findHelp(entries: readonly HelpEntry[], query: string): HelpEntry[] {
  // self.buy( is how it stands in the code.
  const words = query.toLowerCase().replace(/\bself\./g, "").split(/[\s()]+/).filter((word) => word !== "");
  if (words.length === 0) return [...entries];
  return entries
    .map((entry) => ({ entry, place: rank(entry, words) }))
    .filter((found): found is { entry: HelpEntry; place: number } => found.place !== null)
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}
