import { describe, expect, test } from "vitest";

import type { ContinuousSeries, FuturesContract, FuturesProduct } from "./api";
import { exampleContract, productOf, productsNamed, rollPlaces, termStructure } from "./logic";

const product = (symbol: string, zh: string, en: string, pinyin: string): FuturesProduct => ({
  symbol,
  product: symbol.split(".")[0] ?? "",
  exchange: symbol.split(".")[1] ?? "",
  name: { zh, en },
  pinyin,
  multiplier: 10,
  price_tick: 1,
  night: true,
  contracts: 0,
  main_stored: false,
  last_date: null,
});
const PRODUCTS = [product("rb.SHFE", "螺纹钢", "steel rebar", "lwg"), product("IF.CFFEX", "沪深300股指", "CSI 300 index", "hs300gz"), product("b.DCE", "黄大豆2号", "soybean no. 2", "hdd2h")];

describe("a product is found", () => {
  test.each([
    ["rb", ["rb.SHFE"]],
    ["RB.SHFE", ["rb.SHFE"]],
    ["螺纹", ["rb.SHFE"]],
    ["lwg", ["rb.SHFE"]],
    ["steel", ["rb.SHFE"]],
    ["if", ["IF.CFFEX"]],
    ["b", ["b.DCE"]],
    ["600519", []],
    ["", []],
  ])("by %s", (query, symbols) => expect(productsNamed(PRODUCTS, query).map(({ symbol }) => symbol)).toEqual(symbols));
});

test("a contract belongs to its product", () => {
  expect(productOf("rb2410.SHFE")).toBe("rb.SHFE");
  expect(productOf("rb.SHFE")).toBe("rb.SHFE");
});

describe("rolls", () => {
  const roll = { date: "2024-03-07", decided: "2024-03-06", old: "a", new: "b", old_close: 1, new_close: 2, forced: false };
  const series = (time: string[], days: string[] | null) => ({ bars: { time, days }, rolls: [roll] }) as unknown as ContinuousSeries;
  test("stand at their day", () => expect(rollPlaces(series(["2024-03-06", "2024-03-07"], null))[0]?.time).toBe("2024-03-07"));
  test("stand at the week that holds them", () => expect(rollPlaces(series(["2024-03-01", "2024-03-08"], null))[0]?.time).toBe("2024-03-08"));
  test("stand at the first bar of the night before", () =>
    expect(rollPlaces(series(["2024-03-06T07:00:00Z", "2024-03-06T13:05:00Z"], ["2024-03-06", "2024-03-07"]))[0]?.time).toBe("2024-03-06 21:05"));
  test("after the last bar are left out", () => expect(rollPlaces(series(["2024-03-06"], null))).toEqual([]));
});

test("the term structure has the contracts that still trade, at their settlement or close", () => {
  const contract = (symbol: string, active: boolean, settle: number | null) =>
    ({ symbol, active, settle, close: 5, last_trade_day: "2024-05-15", main: false }) as unknown as FuturesContract;
  const points = termStructure([contract("a", true, 7), contract("b", true, null), contract("c", false, 9)]);
  expect(points.map(({ symbol, price }) => [symbol, price])).toEqual([
    ["a", 7],
    ["b", 5],
  ]);
});

test("an example of a contract has the month after next", () => expect(exampleContract("rb.SHFE", new Date("2026-11-21T00:00:00Z"))).toBe("rb2701.SHFE"));
