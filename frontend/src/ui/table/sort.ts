import type { Cell } from "@/ui/format/csv";

export interface Sort {
  key: string;
  descending: boolean;
}

const collator = new Intl.Collator("zh-CN", { numeric: true });
const isAbsent = (cell: Cell): cell is null | undefined | "" => cell === null || cell === undefined || cell === "";

/** Compare two cells: numbers by size (decimal strings too), texts as a Chinese reader sorts them. */
function compare(a: Cell, b: Cell): number {
  const x = Number(a);
  const y = Number(b);
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return collator.compare(String(a), String(b));
}

/** Give the rows in order. Equal ones keep theirs, absent values come last either way. */
export function sortRows<Row>(rows: readonly Row[], value: (row: Row) => Cell, descending: boolean): Row[] {
  return rows
    .map((row) => ({ row, cell: value(row) }))
    .sort((a, b) => {
      if (isAbsent(a.cell)) return isAbsent(b.cell) ? 0 : 1;
      if (isAbsent(b.cell)) return -1;
      return compare(a.cell, b.cell) * (descending ? -1 : 1);
    })
    .map(({ row }) => row);
}

/** The next order when a heading is chosen: numbers start with the largest, then the other way, then none. */
export function nextSort(sort: Sort | null, key: string, numeric: boolean): Sort | null {
  if (sort?.key !== key) return { key, descending: numeric };
  return sort.descending === numeric ? { key, descending: !numeric } : null;
}
