/** What the linter found, in the terms of the editor. */
import type { CodeMarker } from "@/ui/editor";

import type { Diagnostic, TextEdit } from "../api";

export const SYNTAX = "invalid-syntax";

const SURROGATES = /[\ud800-\udfff]/;

/** Characters before a column, as the editor counts them: one above U+FFFF counts twice. */
function offsetIn(line: string, column: number): number {
  if (!SURROGATES.test(line)) return column - 1;
  return Array.from(line)
    .slice(0, column - 1)
    .join("").length;
}

interface Line {
  start: number;
  text: string;
}

function linesOf(code: string): Line[] {
  const found: Line[] = [];
  // A byte order mark is no column.
  let start = code.startsWith("\ufeff") ? 1 : 0;
  for (const end of code.matchAll(/\r\n|\r|\n/g)) {
    found.push({ start, text: code.slice(start, end.index) });
    start = end.index + end[0].length;
  }
  return [...found, { start, text: code.slice(start) }];
}

function placeIn(lines: readonly Line[], code: string, line: number, column: number): number {
  const found = lines[line - 1];
  return found === undefined ? code.length : found.start + offsetIn(found.text, column);
}

/** Apply the edits of one fix, which never overlap. */
export function applyEdits(code: string, edits: readonly TextEdit[]): string {
  const lines = linesOf(code);
  return edits
    .map((edit) => ({
      from: placeIn(lines, code, edit.line, edit.column),
      to: placeIn(lines, code, edit.end_line, edit.end_column),
      text: edit.text,
    }))
    .sort((a, b) => b.from - a.from)
    .reduce((done, { from, to, text }) => done.slice(0, from) + text + done.slice(to), code);
}

/** The findings to show: where Python itself names a syntax error, in its own words, the linter's guesses at it are left out. */
export const besides = (syntaxErrors: number, found: readonly Diagnostic[]): readonly Diagnostic[] =>
  syntaxErrors > 0 ? found.filter(({ code }) => code !== SYNTAX) : found;

export function toMarkers(code: string, found: readonly Diagnostic[], explain: (of: Diagnostic) => string): CodeMarker[] {
  const lines = linesOf(code);
  const columnOf = (line: number, column: number) => offsetIn(lines[line - 1]?.text ?? "", column) + 1;
  return found.map((each) => ({
    line: each.line,
    column: columnOf(each.line, each.column),
    endLine: each.end_line,
    endColumn: columnOf(each.end_line, each.end_column),
    message: explain(each),
    rule: each.code,
    severity: each.severity,
  }));
}
