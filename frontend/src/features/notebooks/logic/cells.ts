/** Cells of a Python file: parts that begin with a line `# %%`. */
export interface Cell {
  /** The line with `# %%`, from 1; 0 for what is before the first one. */
  mark: number;
  /** What follows `# %%`, without the kind. */
  title: string;
  kind: "code" | "markdown" | "raw";
  /** First line of the cell's code, from 1; the line with `# %%` is not part of it. */
  line: number;
  /** Last line. */
  end: number;
  code: string;
}

const MARK = /^# ?%%(.*)$/;
const KIND = /\[(markdown|md|raw)\]/i;
const NOTHING: Cell = { mark: 0, title: "", kind: "code", line: 1, end: 1, code: "" };

/** Give the file's cells; a file without a mark is one cell. What is before the first mark is a cell, too. */
export function cellsOf(text: string): Cell[] {
  const lines = text.split("\n");
  const marks = lines.flatMap((line, index) => (MARK.test(line) ? [index] : []));
  const starts = marks[0] === 0 ? marks : [-1, ...marks];
  return starts.map((start, index) => {
    const end = (starts[index + 1] ?? lines.length) - 1;
    return { ...headOf(lines[start]), mark: start + 1, line: start + 2, end: end + 1, code: lines.slice(start + 1, end + 1).join("\n") };
  });
}

function headOf(line: string | undefined): Pick<Cell, "title" | "kind"> {
  const rest = line === undefined ? "" : (MARK.exec(line)?.[1] ?? "");
  const named = KIND.exec(rest)?.[1]?.toLowerCase();
  return { title: rest.replace(KIND, "").trim(), kind: named === undefined ? "code" : named === "raw" ? "raw" : "markdown" };
}

/** Give the cell that a line (from 1) belongs to, and the line where the next one begins. */
export function cellAt(text: string, line: number): { cell: Cell; next: number | null } {
  const cells = cellsOf(text);
  // The mark's own line belongs to the cell that it begins.
  const at = Math.max(
    0,
    cells.findLastIndex((cell) => cell.mark <= line),
  );
  return { cell: cells[at] ?? NOTHING, next: cells[at + 1]?.line ?? null };
}

/** Give the text of a Markdown cell: its lines are comments, or one string in triple quotes. */
export function proseOf(code: string): string {
  const quoted = /^\s*[rR]?("""|''')([\s\S]*?)\1\s*$/.exec(code);
  if (quoted !== null) return (quoted[2] ?? "").trim();
  return code
    .split("\n")
    .map((line) => line.replace(/^# ?/, ""))
    .join("\n")
    .trim();
}
