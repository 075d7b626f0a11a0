/** How one text becomes another, in lines. */

/** Places of the longest common run of lines; quadratic, so that very long differences are left to people. */
const MOST_CELLS = 4_000_000;

export interface Change {
  /** Lines [from, to) of the base are replaced … */
  from: number;
  to: number;
  /** … by these. */
  lines: string[];
}

/** Give the changes in the order of the lines; null when they are too many to be found in time. */
export function changes(base: string[], other: string[]): Change[] | null {
  let head = 0;
  while (head < base.length && head < other.length && base[head] === other[head]) head += 1;
  let tail = 0;
  while (tail < base.length - head && tail < other.length - head && base[base.length - 1 - tail] === other[other.length - 1 - tail]) tail += 1;
  const left = base.slice(head, base.length - tail);
  const right = other.slice(head, other.length - tail);
  if ((left.length + 1) * (right.length + 1) > MOST_CELLS) return null;
  const width = right.length + 1;
  const common = new Uint32Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        left[i] === right[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const found: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      i += 1;
      j += 1;
      continue;
    }
    const change: Change = { from: head + i, to: head + i, lines: [] };
    while ((i < left.length || j < right.length) && !(i < left.length && j < right.length && left[i] === right[j])) {
      const drop = i < left.length && (j >= right.length || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0));
      if (drop) i += 1;
      else {
        change.lines.push(right[j] ?? "");
        j += 1;
      }
    }
    change.to = head + i;
    found.push(change);
  }
  return found;
}

/** A replacement in a text; lines and columns count from 1, the end is not part of it. */
export interface RangeEdit {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  text: string;
}

/** Changes of lines as replacements in the text that these lines are joined to. */
export function toEdits(base: readonly string[], changes: readonly Change[]): RangeEdit[] {
  const endOf = (line: number) => (base[line - 1] ?? "").length + 1;
  return changes.map(({ from, to, lines }) => {
    const text = lines.join("\n");
    if (to > from && lines.length > 0) return { line: from + 1, column: 1, endLine: to, endColumn: endOf(to), text };
    // Lines that come or go take their line break with them: the one after, or at the text's end the one before.
    if (to < base.length) return { line: from + 1, column: 1, endLine: to + 1, endColumn: 1, text: lines.length > 0 ? `${text}\n` : "" };
    return { line: Math.max(1, from), column: endOf(from), endLine: to, endColumn: endOf(to), text: lines.length > 0 ? `\n${text}` : "" };
  });
}

/** Where a line of the base, counted from 1, is after the changes. */
export function lineAfter(changes: readonly Change[], line: number): number {
  const at = line - 1;
  let moved = 0;
  for (const { from, to, lines } of changes) {
    if (at < from) break;
    if (at < to) return from + moved + Math.min(at - from, Math.max(0, lines.length - 1)) + 1;
    moved += lines.length - (to - from);
  }
  return at + moved + 1;
}
