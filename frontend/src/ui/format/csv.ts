export type Cell = string | number | boolean | null | undefined;

export interface Sheet {
  headers: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** A leading = + - @ makes a spreadsheet run the text as a formula; numbers are left alone. */
function escapeCell(cell: Cell): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) && !/^[+-]?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Write RFC 4180 with a byte-order mark, without which Excel garbles Chinese. */
export function toCsv({ headers, rows }: Sheet): string {
  const lines = [headers, ...rows].map((row) => row.map(escapeCell).join(","));
  return `\uFEFF${lines.join("\r\n")}\r\n`;
}

/** Hand a file to the browser's downloads. */
export function download(name: string, content: Blob | string): void {
  const url =
    typeof content === "string" && content.startsWith("data:")
      ? content
      : URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  if (url.startsWith("blob:")) URL.revokeObjectURL(url);
}
