const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** Days until a strategy in the trash is deleted for good; 0 on the last. */
export function daysLeft(deletedAt: string | null, now: number): number {
  if (deletedAt === null) return KEPT_DAYS;
  return Math.max(0, Math.ceil((Date.parse(deletedAt) + KEPT_DAYS * DAY_MS - now) / DAY_MS));
}
