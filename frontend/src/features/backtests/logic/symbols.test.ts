import { describe, expect, it } from "vitest";

import { parseSymbols } from "./symbols";

describe("a pasted list of codes", () => {
  it("reads every common notation", () => {
    const { symbols, unknown } = parseSymbols("600519.SH sz000001 SH.601318\n300750.XSHE;430047，bj920001 600001.DEMO");
    expect(symbols).toEqual(["600519.SH", "000001.SZ", "601318.SH", "300750.SZ", "430047.BJ", "920001.BJ", "600001.DEMO"]);
    expect(unknown).toEqual([]);
  });

  it("finds the exchange of a bare code: stocks, STAR, ChiNext, funds, Beijing", () => {
    expect(parseSymbols("600519 688981 300750 000001 510300 159915 831010").symbols).toEqual([
      "600519.SH",
      "688981.SH",
      "300750.SZ",
      "000001.SZ",
      "510300.SH",
      "159915.SZ",
      "831010.BJ",
    ]);
  });

  it("passes over names beside codes, and counts repetitions", () => {
    expect(parseSymbols("600519\t贵州茅台\n600519.SH 贵州茅台\n平安银行(000001)")).toEqual({
      symbols: ["600519.SH", "000001.SZ"],
      unknown: [],
      repeated: 1,
    });
  });

  it("names what it cannot read", () => {
    expect(parseSymbols("60051 600519.NYSE 700001 600519").unknown).toEqual(["60051", "600519.NYSE", "700001"]);
  });

  it("gives nothing for an empty text", () => {
    expect(parseSymbols("  \n ")).toEqual({ symbols: [], unknown: [], repeated: 0 });
  });
});
