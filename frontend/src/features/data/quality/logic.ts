/** What the panels of the data's quality compute. */
import type { BarRow, CoverageMonths, Dataset, DatasetName, Kind, KindCount, Repair, ToldFinding } from "./api";

/** Add up how often each kind was found, over the datasets of one name or over all, the most frequent first. */
export function kindsOf(datasets: readonly Dataset[], name: DatasetName | null): KindCount[] {
  const sums = new Map<Kind, KindCount>();
  for (const { dataset, counts } of datasets) {
    if (name !== null && dataset !== name) continue;
    for (const one of counts) {
      const known = sums.get(one.kind);
      sums.set(one.kind, known === undefined ? { ...one } : { ...known, count: known.count + one.count });
    }
  }
  return [...sums.values()].sort((a, b) => RANK[a.severity] - RANK[b.severity] || b.count - a.count);
}

const RANK = { error: 0, warning: 1, info: 2 } as const;

/** Give the width of a bar, 0 to 1: by digits, so that a few errors are seen beside thousands of notes. */
export function barWidth(count: number, most: number): number {
  return most <= 0 ? 0 : Math.log10(1 + count) / Math.log10(1 + most);
}

export type Tone = "good" | "fair" | "poor";

/** How a score reads: good from 90, poor below 60. */
export const toneOf = (score: number): Tone => (score >= 90 ? "good" : score >= 60 ? "fair" : "poor");

export interface MapCell {
  /** Column (month) and row (symbol). */
  x: number;
  y: number;
  share: number;
}

/** Where a share stands on the colours: a month that lacks one day is told from a whole one at a glance. */
export const shadeOf = (share: number): number => (share >= 1 ? 1 : 0.75 * share);

/** Join pages of the coverage: one axis of months, the symbols below one another. */
export function joinMonths(pages: readonly CoverageMonths[]): { months: string[]; symbols: string[]; names: (string | null)[]; cells: MapCell[] } {
  const months = [...new Set(pages.flatMap((page) => page.months))].sort();
  const column = new Map(months.map((month, index) => [month, index]));
  const symbols = pages.flatMap((page) => page.symbols);
  const names = pages.flatMap((page) => page.names);
  const cells: MapCell[] = [];
  let above = 0;
  for (const page of pages) {
    page.shares.forEach((row, index) => {
      row.forEach((share, month) => {
        if (share !== null) cells.push({ x: column.get(page.months[month] ?? "") ?? 0, y: above + index, share });
      });
    });
    above += page.symbols.length;
  }
  return { months, symbols, names, cells };
}

export const FIGURES = ["open", "high", "low", "close", "preclose", "volume", "amount"] as const satisfies readonly (keyof BarRow)[];

/** Whether a finding speaks of this row. */
export const isRowOf = (finding: Pick<ToldFinding, "date" | "at">, row: Pick<BarRow, "time">): boolean =>
  finding.at === null ? row.time === finding.date : Date.parse(`${row.time}Z`) === Date.parse(finding.at);

/** Findings that no bar of the day can be taken out for: there is none, or it is the whole series that is meant. */
const NO_BAR: ReadonlySet<Kind> = new Set<Kind>(["missing_day", "absent_day", "missing_bars", "stale_end", "looks_adjusted"]);

/** Whether the whole bar is meant and not one figure of it, e.g. a bar on a closed day. */
export const isWholeBar = ({ kind, field }: Pick<ToldFinding, "kind" | "field">): boolean => field === "" && !NO_BAR.has(kind);

export const canQuarantine = (finding: Pick<ToldFinding, "kind">, interval: string, rows: readonly BarRow[], date: string): boolean =>
  interval === "1d" && !NO_BAR.has(finding.kind) && rows.some(({ time }) => time === date);

export interface Change {
  field: string;
  stored: string;
  fetched: string;
}

const shown = (bar: BarRow | null, field: string): string => String(bar?.[field as keyof BarRow] ?? "—");

/** What a refetch would change of the first day: the fields, or null where the source has no bar or says the same. */
export function changesOf({ differences }: Pick<Repair, "differences">): Change[] | null {
  const [first] = differences;
  if (first?.fetched == null) return null;
  const { stored, fetched, fields } = first;
  return fields.map((field) => ({ field, stored: shown(stored, field), fetched: shown(fetched, field) }));
}
