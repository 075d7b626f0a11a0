import type { Parameter } from "./form";

/** A hundred steps or so from one end of a range to the other, each 1, 2 or 5 times a power of ten. */
const STEPS = 100;

/** How far one step moves a number; null where the parameter is none. */
export function stepOf({ type, minimum, maximum, default: initial }: Pick<Parameter, "type" | "minimum" | "maximum" | "default">): number | null {
  if (type !== "int" && type !== "float") return null;
  const span = minimum != null && maximum != null && maximum > minimum ? maximum - minimum : Math.abs(Number(initial)) * 10;
  const least = type === "int" ? 1 : 1e-8;
  if (!(span > 0)) return type === "int" ? 1 : 0.1;
  const power = 10 ** Math.floor(Math.log10(span / STEPS));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= span / STEPS * 0.999) ?? power;
  return Math.max(least, type === "int" ? 1 : step);
}

/** Write a number with as many decimals as its step has. */
export function written(value: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return String(Number(value.toFixed(digits)));
}

/** Move a typed number by steps, within its range; as it was where it is no number. */
export function moved(parameter: Parameter, value: string, steps: number): string {
  const step = stepOf(parameter);
  const number = Number(value);
  if (step === null || value.trim() === "" || !Number.isFinite(number)) return value;
  const low = parameter.minimum ?? -Infinity;
  const high = parameter.maximum ?? Infinity;
  return written(Math.min(Math.max(number + steps * step, low), high), step);
}
