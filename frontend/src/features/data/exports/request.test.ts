import { describe, expect, it } from "vitest";

import { codesOf, initialForm, requestOf } from "./request";

const form = initialForm("zh", []);

describe("the request of an export's form", () => {
  it("exports all raw daily bars to Excel at first, in the reader's language", () => {
    expect(requestOf(form)).toEqual({ format: "xlsx", kinds: [], interval: "1d", headers: "zh", files: "one", adjustment: "none" });
  });

  it("starts with the stock it was opened from", () => {
    expect(requestOf(initialForm("en", ["600519.SH"]))).toMatchObject({ symbols: ["600519.SH"], headers: "en" });
  });

  it("is none while codes are wanted and none is there", () => {
    expect(requestOf({ ...form, scope: "symbols" })).toBeNull();
  });

  it("leaves out what goes with the other scope", () => {
    const both = { ...form, symbols: ["600519.SH"], kinds: ["index" as const], origin: "real" as const };
    expect(requestOf(both)).toMatchObject({ kinds: ["index"], simulated: false });
    expect(requestOf(both)).not.toHaveProperty("symbols");
    expect(requestOf({ ...both, scope: "symbols" })).not.toHaveProperty("kinds");
  });

  it("sends the day of adjustment with qfq only, the byte order mark with CSV only", () => {
    const dated = { ...form, asOf: "2024-03-15" };
    expect(requestOf(dated)).not.toHaveProperty("as_of");
    expect(requestOf({ ...dated, adjustment: "qfq" })).toMatchObject({ as_of: "2024-03-15" });
    expect(requestOf(form)).not.toHaveProperty("bom");
    expect(requestOf({ ...form, format: "csv" })).toMatchObject({ bom: true });
  });

  it("asks for no columns, interval or files of a qlib folder", () => {
    expect(requestOf({ ...form, format: "qlib", interval: "1w", perSymbol: true, adjustment: "hfq" })).toEqual({
      format: "qlib",
      kinds: [],
      adjustment: "hfq",
    });
  });
});

it("splits pasted codes at any separator, each once", () => {
  expect(codesOf(" 600519.SH, 000001.SZ，600519.SH\n430047.BJ;\t")).toEqual(["600519.SH", "000001.SZ", "430047.BJ"]);
});
