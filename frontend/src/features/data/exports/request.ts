import type { components } from "@/api/schema.gen";

export type ExportCreate = components["schemas"]["ExportCreate"];
export type ExportFormat = ExportCreate["format"];
type Kind = NonNullable<ExportCreate["kinds"]>[number];

/** The form as it stands; what does not apply to the chosen format is kept for when it does again. */
export interface ExportForm {
  format: ExportFormat;
  scope: "all" | "symbols";
  symbols: readonly string[];
  kinds: readonly Kind[];
  origin: "any" | "real" | "simulated";
  interval: "1d" | "1w" | "1M";
  /** ISO days, or empty. */
  start: string;
  end: string;
  adjustment: "none" | "qfq" | "hfq";
  asOf: string;
  perSymbol: boolean;
  headers: "zh" | "en";
  bom: boolean;
}

/** Give the form a reader of this language starts with; for a stock when one is named. */
export function initialForm(language: "zh" | "en", symbols: readonly string[]): ExportForm {
  return {
    format: "xlsx",
    scope: symbols.length > 0 ? "symbols" : "all",
    symbols,
    kinds: [],
    origin: "any",
    interval: "1d",
    start: "",
    end: "",
    adjustment: "none",
    asOf: "",
    perSymbol: false,
    headers: language,
    bom: true,
  };
}

/** Split what was typed or pasted into codes. */
export const codesOf = (text: string): string[] => [...new Set(text.split(/[\s,，;；、]+/).filter((code) => code !== ""))];

/** Give the request of a form, or null while it says nothing to export. */
export function requestOf(form: ExportForm): ExportCreate | null {
  const { format, scope, adjustment } = form;
  if (scope === "symbols" && form.symbols.length === 0) return null;
  const qlib = format === "qlib";
  const chosen =
    scope === "symbols"
      ? { symbols: [...form.symbols] }
      : { kinds: [...form.kinds], ...(form.origin === "any" ? {} : { simulated: form.origin === "simulated" }) };
  return {
    format,
    ...chosen,
    ...(qlib ? {} : { interval: form.interval, headers: form.headers, files: form.perSymbol ? "per_symbol" : "one" }),
    ...(form.start === "" ? {} : { start: form.start }),
    ...(form.end === "" ? {} : { end: form.end }),
    adjustment,
    ...(adjustment === "qfq" && form.asOf !== "" ? { as_of: form.asOf } : {}),
    ...(format === "csv" ? { bom: form.bom } : {}),
  } as ExportCreate;
}
