/** Which uploads an import was made of, kept for this tab: to import them again with bad rows skipped. */
import type { FileReport, ImportItem } from "../api";

const keyOf = (importId: string): string => `quantdesk.import.${importId}`;

export function rememberItems(importId: string, items: readonly ImportItem[]): void {
  try {
    sessionStorage.setItem(keyOf(importId), JSON.stringify(items));
  } catch {
    // Without storage the offer is only missing after a reload.
  }
}

export function rememberedItems(importId: string): ImportItem[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(keyOf(importId)) ?? "[]");
    return Array.isArray(value) ? (value as ImportItem[]) : [];
  } catch {
    return [];
  }
}

/** The files worth a second try: refused for their bad rows alone, with good rows beside them. */
export function retryItems(items: readonly ImportItem[], reports: readonly FileReport[]): ImportItem[] {
  return items.flatMap((item, index) => {
    const report = reports[index];
    if (report?.status !== "refused" || report.rejected === 0 || report.accepted === 0) return [];
    return [{ ...item, options: { ...item.options, skip_bad_rows: true } }];
  });
}
