/** Values of variables at the ends of the lines that name them, while a program stands still. */

interface Named {
  name: string;
  value: string;
}

const MOST_LINES = 200;
const LONGEST = 60;
const MOST_IN_LINE = 4;
/** Functions, classes, modules and objects without a text of their own say nothing by their value. */
const DULL = /^<(function|class|module|bound method|built-in)|^<.* at 0x[0-9a-f]+>$/;
const STRINGS_AND_COMMENTS = /#.*|"[^"\n]*"|'[^'\n]*'/g;

const indentOf = (line: string): number => line.length - line.trimStart().length;

/** Give the first line (from 1) of the function that a line is in; 1 when it is in none. */
export function functionStart(lines: readonly string[], line: number): number {
  const inner = indentOf(lines[line - 1] ?? "");
  for (let at = line; at >= 1; at -= 1) {
    const text = lines[at - 1] ?? "";
    if (/^\s*(async\s+)?def\s/.test(text) && (at === line || indentOf(text) < inner)) return at;
  }
  return 1;
}

/** Give what to write at the ends of lines, from the function's beginning to the line that the program is at. */
export function inlineValues(text: string, line: number, variables: readonly Named[]): Map<number, string> {
  const known = new Map(variables.filter(({ value }) => value !== "" && !DULL.test(value)).map(({ name, value }) => [name, value]));
  const lines = text.split("\n");
  const found = new Map<number, string>();
  if (known.size === 0 || line > lines.length) return found;
  for (let at = Math.max(functionStart(lines, line), line - MOST_LINES); at <= line; at += 1) {
    const bare = (lines[at - 1] ?? "").replace(STRINGS_AND_COMMENTS, "");
    const names = new Set<string>();
    // A name after a dot is an attribute, one before a single "=" within brackets a keyword; the latter is rare enough.
    for (const match of bare.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)) if (known.has(match[0])) names.add(match[0]);
    if (names.size === 0) continue;
    const shown = [...names].slice(0, MOST_IN_LINE).map((name) => `${name} = ${short(known.get(name) ?? "")}`);
    found.set(at, shown.join(", "));
  }
  return found;
}

function short(value: string): string {
  const one = value.replaceAll(/\s+/g, " ");
  return one.length > LONGEST ? `${one.slice(0, LONGEST)}…` : one;
}
