/** Numbers for reading. Every function gives "—" for a value that is absent or not finite. */
import type { Language } from "@/app/prefs";

export const ABSENT = "—";
/** A true minus sign is as wide as a digit, so columns stay aligned. */
const MINUS = "\u2212";

/** A number, or a decimal string as the API sends money. */
export type Numeric = number | string | null | undefined;

function toNumber(value: Numeric): number | null {
  if (value === null || value === undefined || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

const formatters = new Map<number, Intl.NumberFormat>();

function fixed(value: number, digits: number): string {
  let formatter = formatters.get(digits);
  if (formatter === undefined) {
    formatter = new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formatters.set(digits, formatter);
  }
  return formatter.format(value);
}

/** Add the sign to the text of a magnitude; a value that rounds to zero has none. */
function signed(value: number, magnitude: string, plus: boolean): string {
  if (!/[1-9]/.test(magnitude)) return magnitude;
  if (value < 0) return MINUS + magnitude;
  return plus ? `+${magnitude}` : magnitude;
}

export interface NumberOptions {
  /** Decimals. */
  digits?: number;
  /** Write + before a gain. */
  sign?: boolean;
}

/** 1234.5 → "1,234.50". */
export function formatNumber(value: Numeric, { digits = 2, sign = false }: NumberOptions = {}): string {
  const number = toNumber(value);
  return number === null ? ABSENT : signed(number, fixed(Math.abs(number), digits), sign);
}

/** A fraction as percent: 0.1234 → "12.34%". */
export function formatPercent(fraction: Numeric, { digits = 2, sign = false }: NumberOptions = {}): string {
  const number = toNumber(fraction);
  return number === null ? ABSENT : `${signed(number, fixed(Math.abs(number) * 100, digits), sign)}%`;
}

const UNITS: Record<Language, readonly (readonly [size: number, unit: string])[]> = {
  zh: [
    [1e12, "万亿"],
    [1e8, "亿"],
    [1e4, "万"],
  ],
  en: [
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "K"],
  ],
};

/** Money or a count in the units a reader of the language thinks in: 12345678 → "1,234.57万" or "12.35M". */
export function formatCompact(value: Numeric, language: Language, { digits = 2, sign = false }: NumberOptions = {}): string {
  const number = toNumber(value);
  if (number === null) return ABSENT;
  const size = Math.abs(number);
  // Compare what would be shown: 9,999.999 reads 10,000.00, so it belongs to the unit above.
  const shown = Number(size.toFixed(digits));
  const unit = UNITS[language].find(([unitSize]) => shown >= unitSize);
  if (unit !== undefined) return signed(number, fixed(size / unit[0], digits), sign) + unit[1];
  return signed(number, fixed(size, Number.isInteger(number) ? 0 : digits), sign);
}

/** The same on an axis: as many decimals as the value needs, so that 100万 stands over 80万 and 2.5M over 2M. */
export function formatTick(value: Numeric, language: Language): string {
  return formatCompact(value, language).replace(/(\.\d*?)0+(?=\D*$)/, "$1").replace(/\.(?=\D*$)/, "");
}

/** Shares in one lot, the unit in which Chinese readers think of volume. */
const LOT = 100;

/** A volume: 12345600 shares → "12.35万手", or "12.35M" in English. `lot`: units in one 手, 1 for contracts of futures. */
export function formatVolume(shares: Numeric, language: Language, { lot = LOT, ...options }: NumberOptions & { lot?: number | undefined } = {}): string {
  const number = toNumber(shares);
  if (number === null) return ABSENT;
  return language === "zh" ? `${formatCompact(number / lot, language, options)}手` : formatCompact(number, language, options);
}

/** The exact value with its own decimals, digit by digit: a decimal string never passes through a float. */
export function formatExact(value: Numeric): string {
  if (value === null || value === undefined || value === "") return ABSENT;
  const text = String(value);
  const match = /^(-?)(\d+)(\.\d+)?$/.exec(text);
  if (match === null) return formatNumber(value);
  const [, minus, whole = "", decimals = ""] = match;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (minus === "-" ? MINUS : "") + grouped + decimals;
}

/** Decimals of a price tick: 0.01 → 2, 0.001 → 3, 1 → 0. */
export function tickDigits(tick: number): number {
  if (!(tick > 0)) return 2;
  for (let digits = 0; digits <= 8; digits += 1) {
    const scaled = tick * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-9 * Math.max(1, scaled)) return digits;
  }
  return 8;
}

/** A price with the decimals of its tick. */
export function formatPrice(value: Numeric, tick: number): string {
  return formatNumber(value, { digits: tickDigits(tick) });
}

/** 1536 → "1.5 KB". */
export function formatBytes(bytes: Numeric): string {
  const number = toNumber(bytes);
  if (number === null) return ABSENT;
  const units = ["B", "KB", "MB", "GB", "TB"];
  let size = number;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${fixed(size, unit === 0 ? 0 : 1)} ${units[unit] ?? ""}`;
}
