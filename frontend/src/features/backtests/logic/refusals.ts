/** Which orders were refused or cut, by rule and day, and what became of them. */
import type { Fill, Order, Rejection } from "../api";

export type RejectionRule = Rejection["rule"];

/** The rules that refused something with how often, the most frequent first. */
export function countByRule(rejections: readonly Rejection[]): { rule: RejectionRule; count: number }[] {
  const counts = new Map<RejectionRule, number>();
  for (const { rule } of rejections) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].map(([rule, count]) => ({ rule, count })).sort((a, b) => b.count - a.count || a.rule.localeCompare(b.rule));
}

export interface RejectionFilter {
  /** null for all. */
  rule: RejectionRule | null;
  symbol: string | null;
}

export const keepRejections = (rejections: readonly Rejection[], { rule, symbol }: RejectionFilter): readonly Rejection[] =>
  rule === null && symbol === null
    ? rejections
    : rejections.filter((row) => (rule === null || row.rule === rule) && (symbol === null || row.symbol === symbol));

/** What was wanted of a refusal: what was refused and what the rule left. */
export const wantedOf = ({ quantity, allowed }: Rejection): number => quantity + allowed;

/** One order's refusals of a day together: a lot rule and then the cash may both have cut it. */
export interface RefusedOrder {
  orderId: number | null;
  order: Order | null;
  refusals: readonly Rejection[];
  /** Its fills of that day. */
  fills: readonly Fill[];
  /** The next order of the same stock and side. */
  next: Order | null;
}

interface Run {
  orders: readonly Order[];
  fills: readonly Fill[];
  rejections: readonly Rejection[];
}

/** Collect why orders of a stock were not filled on a day, in the order in which they were sent. */
export function refusedOn({ orders, fills, rejections }: Run, symbol: string, date: string): RefusedOrder[] {
  const groups = new Map<string, Rejection[]>();
  for (const [index, row] of rejections.entries()) {
    if (row.symbol !== symbol || row.date !== date) continue;
    // Without an order there is nothing to group by: each stands alone.
    const key = row.order_id === null ? `alone-${index}` : String(row.order_id);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((refusals) => {
    const orderId = refusals[0]?.order_id ?? null;
    const side = refusals[0]?.side;
    const order = orderId === null ? null : (orders.find(({ id }) => id === orderId) ?? null);
    const next =
      orderId === null ? null : (orders.find((other) => other.id > orderId && other.symbol === symbol && other.side === side && other.created > date) ?? null);
    return {
      orderId,
      order,
      refusals,
      fills: fills.filter((fill) => orderId !== null && fill.order_id === orderId && fill.date === date),
      next,
    };
  });
}
