/** Cells of a Python file: parts that begin with a line `# %%`. */
export interface Cell {
  /** First line of the cell's code, from 1; the line with `# %%` is not part of it. */
  line: number;
  /** Last line. */
  end: number;
  code: string;
}

const MARK = /^# ?%%/;

/** Give the file's cells; a file without a mark is one cell. What is before the first mark is a cell, too. */
export function cellsOf(text: string): Cell[] {
  const lines = text.split("\n");
  const marks = lines.flatMap((line, index) => (MARK.test(line) ? [index] : []));
  const starts = marks[0] === 0 ? marks : [-1, ...marks];
  return starts.map((start, index) => {
    const end = (starts[index + 1] ?? lines.length) - 1;
    return { line: start + 2, end: end + 1, code: lines.slice(start + 1, end + 1).join("\n") };
  });
}

/** Give the cell that a line (from 1) belongs to, and the line where the next one begins. */
export function cellAt(text: string, line: number): { cell: Cell; next: number | null } {
  const cells = cellsOf(text);
  // The mark's own line belongs to the cell that it begins.
  const at = Math.max(
    0,
    cells.findLastIndex((cell) => cell.line - 1 <= line),
  );
  return { cell: cells[at] ?? { line: 1, end: 1, code: "" }, next: cells[at + 1]?.line ?? null };
}
