/** Mean of what is there; null without any. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Mean of the last `window` entries at each place, over those that are there; null until half of them are. */
export function movingMean(values: readonly (number | null)[], window: number): (number | null)[] {
  return values.map((_, at) => {
    const part = values.slice(Math.max(0, at - window + 1), at + 1).filter((value) => value !== null);
    return part.length * 2 < window ? null : meanOf(part);
  });
}

/** An expression cut where something is wrong: before, the place, after. */
export function markedAt(expression: string, position: number): [string, string, string] {
  const characters = Array.from(expression); // the server counts characters, not halves of them
  return [characters.slice(0, position).join(""), characters[position] ?? " ", characters.slice(position + 1).join("")];
}

/** Put a function or a field where the cursor is, and the cursor where its first argument goes. */
export function inserted(expression: string, start: number, end: number, what: string): { text: string; cursor: number } {
  const open = what.indexOf("(");
  return { text: expression.slice(0, start) + what + expression.slice(end), cursor: start + (open < 0 ? what.length : open + 1) };
}

export interface Listed {
  name: string;
  expression: string;
}

/** Entries whose name or expression has all the words. */
export function matching<Entry extends Listed>(entries: readonly Entry[], typed: string): Entry[] {
  const words = typed.toLowerCase().split(/\s+/).filter((word) => word !== "");
  return entries.filter(({ name, expression }) => words.every((word) => `${name} ${expression}`.toLowerCase().includes(word)));
}
