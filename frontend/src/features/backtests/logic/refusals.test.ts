import { describe, expect, it } from "vitest";

import type { Fill, Order, Rejection } from "../api";
import { countByRule, keepRejections, refusedOn, wantedOf } from "./refusals";

const refusal = (order_id: number | null, rule: Rejection["rule"], over: Partial<Rejection> = {}): Rejection => ({
  order_id, symbol: "A", side: "buy", date: "2020-01-03", quantity: 300, allowed: 200, rule, numbers: {}, message_zh: "", message_en: "", ...over,
});
const order = (id: number, created: string, over: Partial<Order> = {}): Order => ({
  id, symbol: "A", side: "buy", type: "market", quantity: 500, filled: 200, price: null, average_price: "10", status: "partial", created, closed: created, ...over,
});
const fill: Fill = {
  order_id: 7, symbol: "A", side: "buy", date: "2020-01-03", quantity: 200, price: "10", amount: "2000", commission: "5", stamp_duty: "0", transfer_fee: "0", position: 200,
  slippage: "0", dividend_tax: "0",
};

describe("refusals of a run", () => {
  const rows = [refusal(7, "lot"), refusal(7, "cash"), refusal(8, "cash", { symbol: "B" }), refusal(null, "data")];

  it("are counted by rule, the most frequent first", () => {
    expect(countByRule(rows)).toEqual([{ rule: "cash", count: 2 }, { rule: "data", count: 1 }, { rule: "lot", count: 1 }]);
  });

  it("are kept by rule and stock together", () => {
    expect(keepRejections(rows, { rule: "cash", symbol: "A" })).toEqual([rows[1]]);
    expect(keepRejections(rows, { rule: null, symbol: "B" })).toEqual([rows[2]]);
    expect(keepRejections(rows, { rule: null, symbol: null })).toBe(rows);
  });

  it("say what was wanted: what was refused and what was left", () => {
    expect(wantedOf(refusal(7, "lot"))).toBe(500);
  });

  it("of one order stand together, with its fills of the day and the next order on the same side", () => {
    const orders = [order(7, "2020-01-02"), order(8, "2020-01-03", { symbol: "B" }), order(9, "2020-01-06", { side: "sell" }), order(10, "2020-01-07")];
    const found = refusedOn({ orders, fills: [fill, { ...fill, date: "2020-01-04" }], rejections: rows }, "A", "2020-01-03");
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ orderId: 7, refusals: [rows[0], rows[1]], fills: [fill] });
    expect(found[0]?.order?.id).toBe(7);
    expect(found[0]?.next?.id).toBe(10);
    expect(found[1]).toMatchObject({ orderId: null, order: null, next: null, fills: [] });
  });

  it("of another day are none", () => {
    expect(refusedOn({ orders: [], fills: [], rejections: rows }, "A", "2020-01-06")).toEqual([]);
  });
});
