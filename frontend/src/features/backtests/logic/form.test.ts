import { describe, expect, it } from "vitest";

import { DEFAULT_DRAFT, draftField, faultsOf, fromSpec, paramFault, relaxedRules, toSpec, type Parameter, type Spec } from "./form";

const filled = { ...DEFAULT_DRAFT, symbols: ["600519.SH"], start: "2015-01-01", end: "2020-12-31" };
const fast: Parameter = { name: "fast", line: 5, type: "int", default: 10, minimum: 2, maximum: 60 };
const stop: Parameter = { name: "stop", line: 6, type: "float", default: 0.1 };
const short: Parameter = { name: "short", line: 7, type: "bool", default: false };

describe("backtest form", () => {
  it("sends the defaults of the backend's spec as exact fractions", () => {
    const spec = toSpec(filled, []);
    expect(spec.costs).toEqual({
      commission_rate: "0.00025",
      commission_min: "5",
      stamp_duty_rate: null,
      transfer_fee_rate: null,
      slippage: { kind: "percent", value: "0.0001" },
    });
    expect(spec.cash).toBe("1000000");
    expect(spec.fill).toBe("next_open");
    expect(spec.rules).toEqual({ price_limits: true, settlement: true, volume_share: "0.1", rights_issues: "skip", dividend_tax: true });
  });

  it("reads back what it sent", () => {
    const draft = { ...filled, commission: "1.15", slippageKind: "ticks" as const, slippage: "2", benchmark: "000300.SH" };
    expect(fromSpec(toSpec(draft, []) as Spec)).toEqual(draft);
    const relaxed = { ...draft, fill: "same_close" as const, volumeBound: false, settlement: false, stampDutyOwn: true, rightsIssues: "take" as const };
    expect(fromSpec(toSpec(relaxed, []) as Spec)).toEqual(relaxed);
    expect(relaxedRules(relaxed)).toEqual(["settlement", "volumeBound"]);
  });

  it("sends a duty of one's own as a fraction, and checks it only then", () => {
    const own = { ...filled, stampDutyOwn: true, stampDuty: "0.1", transferFee: "nonsense" };
    expect(faultsOf(own, [])).toEqual({});
    expect(toSpec(own, []).costs).toMatchObject({ stamp_duty_rate: "0.001", transfer_fee_rate: null });
    expect(faultsOf({ ...own, transferFeeOwn: true }, [])).toEqual({ transferFee: "faultRate" });
  });

  it("takes impact in percent of the price, and a volume share of at most all", () => {
    const draft = { ...filled, slippageKind: "impact" as const, slippage: "2", volumeShare: "2.5" };
    expect(toSpec(draft, [])).toMatchObject({ costs: { slippage: { kind: "impact", value: "0.02" } }, rules: { volume_share: "0.025" } });
    expect(fromSpec(toSpec(draft, []) as Spec)).toEqual(draft);
    expect(faultsOf({ ...draft, slippage: "101", volumeShare: "0" }, [])).toEqual({ slippage: "faultImpact", volumeShare: "faultVolumeShare" });
    expect(faultsOf({ ...draft, volumeBound: false, volumeShare: "0" }, [])).toEqual({});
  });

  it("keeps ticks as they are while percent becomes a fraction", () => {
    expect(toSpec({ ...filled, slippageKind: "ticks", slippage: "2" }, []).costs.slippage.value).toBe("2");
  });

  it("finds nothing wrong with a filled form, and names the empty fields of a new one", () => {
    expect(faultsOf(filled, [])).toEqual({});
    expect(faultsOf(DEFAULT_DRAFT, [])).toEqual({ symbols: "faultSymbols", start: "faultDate", end: "faultDate" });
  });

  it("refuses what the API would refuse", () => {
    const faults = faultsOf(
      { ...filled, end: "2014-12-31", cash: "0", commission: "1001", stampDutyOwn: true, stampDuty: "0.0000001", commissionMin: "5.001", slippage: "10.5" },
      [],
    );
    expect(faults).toEqual({
      end: "faultDates",
      cash: "faultCash",
      commission: "faultRate",
      stampDuty: "faultRateDecimals",
      commissionMin: "faultCents",
      slippage: "faultRate",
    });
  });

  it("sends only the parameters that differ from the strategy's own", () => {
    const params = { fast: "12", stop: "0.10", short: true, gone: "1" };
    expect(toSpec({ ...filled, params }, [fast, stop, short]).params).toEqual({ fast: 12, short: true });
  });

  it("checks parameters by type and range", () => {
    expect(paramFault(fast, "1.5")).toBe("faultInteger");
    expect(paramFault(fast, "1")).toBe("faultMinimum");
    expect(paramFault(fast, "61")).toBe("faultMaximum");
    expect(paramFault(stop, "abc")).toBe("faultNumber");
    expect(paramFault(short, true)).toBeUndefined();
  });

  it("finds the field a server message is about", () => {
    expect(draftField("body.spec.costs.slippage.value")).toBe("slippage");
    expect(draftField("spec.symbols.3")).toBe("symbols");
    expect(draftField("spec.rules.volume_share")).toBe("volumeShare");
    expect(draftField("spec.params.fast")).toBe("params.fast");
    expect(draftField("name")).toBeNull();
  });
});
