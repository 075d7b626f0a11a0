import { beforeEach, describe, expect, it } from "vitest";

import { readRunDraft } from "./drafts";
import { DEFAULT_DRAFT } from "./form";

describe("settings kept in the browser", () => {
  beforeEach(() => localStorage.clear());

  it("of an older form are taken as they are, with the exchange's rules and the duties of the day beside them", () => {
    const old = { symbols: ["600519.SH"], start: "2015-01-01", end: "2020-12-31", cash: "500000", stampDuty: "0.1", transferFee: "0.2", slippageKind: "ticks", slippage: "2" };
    localStorage.setItem("quantdesk.run-settings.s1", JSON.stringify(old));
    expect(readRunDraft("s1")).toEqual({ ...DEFAULT_DRAFT, ...old });
    expect(readRunDraft("s1")).toMatchObject({ stampDutyOwn: false, priceLimits: true, fill: "next_open" });
  });

  it("with a member of another kind lose only that", () => {
    localStorage.setItem("quantdesk.run-settings.s1", JSON.stringify({ cash: "7", priceLimits: "yes" }));
    expect(readRunDraft("s1")).toEqual({ ...DEFAULT_DRAFT, cash: "7" });
  });
});
