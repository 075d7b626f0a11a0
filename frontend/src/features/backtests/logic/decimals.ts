/** Exact arithmetic on decimal strings: what a person types never passes through a float on its way to the API. */
import type { Language } from "@/app/prefs";

interface Decimal {
  /** The digits without a point, with the sign. */
  digits: bigint;
  /** Digits after the point. */
  scale: number;
}

const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?$/;

function parse(text: string): Decimal | null {
  const match = PATTERN.exec(text.trim().replaceAll(",", ""));
  if (match === null) return null;
  const [, sign, whole = "", decimals = ""] = match;
  if (whole === "" && decimals === "") return null;
  const digits = BigInt(whole + decimals);
  return { digits: sign === "-" ? -digits : digits, scale: decimals.length };
}

function write({ digits, scale }: Decimal): string {
  const negative = digits < 0n;
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  const decimals = scale === 0 ? "" : text.slice(text.length - scale).replace(/0+$/, "");
  const body = decimals === "" ? whole : `${whole}.${decimals}`;
  return negative && /[1-9]/.test(body) ? `-${body}` : body;
}

/** Whether the text is a plain decimal number; thousands separators are allowed, exponents are not. */
export const isDecimal = (text: string): boolean => parse(text) !== null;

/** Write a decimal without separators, superfluous zeros and plus sign; null when it is not one. */
export function normalise(text: string): string | null {
  const decimal = parse(text);
  return decimal === null ? null : write(decimal);
}

/** Multiply by ten to the power of `places`: shift("2.5", -4) is "0.00025". Null when the text is not a number. */
export function shift(text: string, places: number): string | null {
  const decimal = parse(text);
  if (decimal === null) return null;
  const scale = decimal.scale - places;
  if (scale >= 0) return write({ digits: decimal.digits, scale });
  return write({ digits: decimal.digits * 10n ** BigInt(-scale), scale: 0 });
}

/** Compare two decimals: negative, zero or positive; null when one is not a number. */
export function compare(left: string, right: string): number | null {
  const a = parse(left);
  const b = parse(right);
  if (a === null || b === null) return null;
  const scale = Math.max(a.scale, b.scale);
  const difference = a.digits * 10n ** BigInt(scale - a.scale) - b.digits * 10n ** BigInt(scale - b.scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** Count the digits after the point that matter: "0.2500" has two. */
export function decimalPlaces(text: string): number | null {
  const plain = normalise(text);
  if (plain === null) return null;
  const point = plain.indexOf(".");
  return point < 0 ? 0 : plain.length - point - 1;
}

/** How a rate is typed: percent (%) or per ten thousand (‱). The API takes fractions. */
export type RateUnit = "percent" | "permyriad";
const PLACES: Record<RateUnit, number> = { percent: 2, permyriad: 4 };

/** A rate per ten thousand the way the market says it: "万2.5", "2.5 bp". A bare ‱ is taken for ‰. */
export const perMyriad = (fraction: string, language: Language): string => {
  const figure = fromFraction(fraction, "permyriad");
  return language === "zh" ? `万${figure}` : `${figure} bp`;
};

export const toFraction = (text: string, unit: RateUnit): string | null => shift(text, -PLACES[unit]);
export const fromFraction = (fraction: string, unit: RateUnit): string => shift(fraction, PLACES[unit]) ?? fraction;
