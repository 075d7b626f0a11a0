/** A chart of a kernel as plain data: what could load, link to, run or inject something is left out. */

type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** Keys of ECharts' options that lead out of the canvas: links, HTML, further documents. */
const LEADS_OUT = new Set([
  "link", "sublink", "toolbox", "graphic", "timeline", "media", "baseOption",
  "extraCssText", "appendTo", "appendToBody", "className", "renderMode", "optionToContent", "__proto__", "constructor", "prototype",
]);
const MOST_DEPTH = 24;

/** Give the option of an ECharts chart without what is no plain data of a chart. */
export function plainOption(option: unknown): Record<string, Plain> {
  const kept = isRecord(option) ? record(option, 0) : {};
  const tooltip = isRecord(kept.tooltip) ? kept.tooltip : {};
  // Texts of the data would be HTML in any other tooltip.
  return { ...kept, tooltip: { ...tooltip, renderMode: "richText" } };
}

/** Give how many points the keyboard moves over: those of the first category axis, else of the longest series. */
export function pointsOf(option: Record<string, Plain>): number {
  const [axis] = [option.xAxis].flat();
  if (isRecord(axis) && Array.isArray(axis.data)) return axis.data.length;
  return Math.max(0, ...[option.series].flat().map((one) => (isRecord(one) && Array.isArray(one.data) ? one.data.length : 0)));
}

function plain(value: unknown, depth: number): Plain | undefined {
  if (depth > MOST_DEPTH) return undefined;
  if (typeof value === "string") return /^\s*(image:\/\/|javascript:)/i.test(value) ? undefined : value;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  // A place in a list is kept: the values after it belong to their x.
  if (Array.isArray(value)) return value.map((one) => plain(one, depth + 1) ?? null);
  return isRecord(value) ? record(value, depth + 1) : undefined;
}

function record(value: Record<string, unknown>, depth: number): Record<string, Plain> {
  const kept: Record<string, Plain> = {};
  for (const [key, one] of Object.entries(value)) {
    if (LEADS_OUT.has(key)) continue;
    const good = plain(one, depth);
    if (good !== undefined) kept[key] = good;
  }
  return kept;
}

function isRecord(value: unknown): value is Record<string, Plain> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
