import { describe, expect, it } from "vitest";

import type { CorporateActionRecord, Fill, Rejection } from "../api";
import { eventsOf, filterRows, marksOf, symbolsByActivity } from "./marks";

const fill = (symbol: string, date: string, side: Fill["side"] = "buy"): Fill => ({
  order_id: 1, symbol, side, date, quantity: 100, price: "12.50", amount: "1250.00", commission: "5", stamp_duty: "0", transfer_fee: "0.01", position: 100,
  slippage: "0", dividend_tax: "0",
});
const refusal: Rejection = {
  order_id: 2, symbol: "A", side: "buy", date: "2020-01-03", quantity: 100, allowed: 0, rule: "cash", numbers: { needed: "1250.00", cash: "9.40" },
  message_zh: "资金不足", message_en: "Not enough cash",
};

describe("marks on a K-line", () => {
  it("are the fills and the refusals of that stock alone, the refusals with their reason", () => {
    expect(marksOf("A", [fill("A", "2020-01-02"), fill("B", "2020-01-02")], [refusal], (rule) => `rule ${rule}`)).toEqual([
      { time: "2020-01-02", side: "buy", refused: false, price: 12.5, quantity: 100 },
      { time: "2020-01-03", side: "buy", refused: true, price: null, quantity: 100, note: "rule cash" },
    ]);
  });

  it("join the corporate actions of a day into one", () => {
    const action = (symbol: string, kind: CorporateActionRecord["kind"]): CorporateActionRecord => ({
      symbol, date: "2020-05-06", kind, quantity: 0, cash: "0", position: 100, message_zh: kind, message_en: kind,
    });
    const all = [action("A", "dividend"), action("B", "split"), action("A", "bonus")];
    expect(eventsOf("A", all, (kind) => kind.charAt(0), ({ message_en }) => message_en)).toEqual([{ time: "2020-05-06", letter: "d", text: "dividend · bonus" }]);
  });

  it("puts the most traded stock first, and one that was only refused before one without orders", () => {
    const order = symbolsByActivity(["C", "A", "B"], [fill("B", "2020-01-02"), fill("B", "2020-01-03", "sell")], [refusal]);
    expect(order.map(({ symbol }) => symbol)).toEqual(["B", "A", "C"]);
  });
});

describe("filter of a report table", () => {
  const rows = [fill("600519.SH", "2020-01-02"), fill("000001.SZ", "2021-05-06", "sell")];
  const text = ({ date }: Fill) => date;

  it("keeps rows with every word, by side", () => {
    expect(filterRows(rows, "6005 2020", "any", text)).toEqual([rows[0]]);
    expect(filterRows(rows, "6005 2021", "any", text)).toEqual([]);
    expect(filterRows(rows, "", "sell", text)).toEqual([rows[1]]);
    expect(filterRows(rows, " ", "any", text)).toBe(rows);
  });
});
