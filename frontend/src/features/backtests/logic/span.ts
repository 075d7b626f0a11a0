/** The part of its level that an axis shows at least on either side of a curve. */
const SHARE = 0.01;

/** Give an axis ±1 % round a curve that moves less than that, whose own span would make waves of nothing.
 *
 * @returns null for a curve that fills an axis by itself, or one without values.
 */
export function flatSpan(values: readonly number[]): { min: number; max: number } | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const middle = (low + high) / 2;
  const half = Math.abs(middle) * SHARE;
  return high - low < half ? { min: middle - half, max: middle + half } : null;
}
