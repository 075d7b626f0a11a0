/** The backtest form: what a person types, whether it can be used, and the spec it stands for. */
import type { components } from "@/api/schema.gen";

import { compare, decimalPlaces, fromFraction, normalise, toFraction, type RateUnit } from "./decimals";

export type Spec = components["schemas"]["BacktestSpec-Output"];
export type SpecInput = components["schemas"]["BacktestSpec-Input"];
export type Parameter = components["schemas"]["Parameter"];
export type Adjustment = Spec["adjustment"];
export type SlippageKind = components["schemas"]["Slippage-Output"]["kind"];
export type FillMode = Spec["fill"];
export type RightsIssues = Spec["rules"]["rights_issues"];
export type ParamValue = boolean | number | string;

/** Values as typed; amounts and rates are texts in the unit the field shows. */
export interface BacktestDraft {
  symbols: string[];
  start: string;
  end: string;
  /** Yuan. */
  cash: string;
  benchmark: string | null;
  /** Only what differs from the strategy's own defaults. */
  params: Record<string, string | boolean>;
  adjustment: Adjustment;
  fill: FillMode;
  wholeLots: boolean;
  priceLimits: boolean;
  /** T+1. */
  settlement: boolean;
  volumeBound: boolean;
  /** Percent of a bar's volume; counts where it is bounded. */
  volumeShare: string;
  rightsIssues: RightsIssues;
  dividendTax: boolean;
  /** Per ten thousand. */
  commission: string;
  /** Yuan per order. */
  commissionMin: string;
  /** A rate of one's own instead of the rulebook's of each day. */
  stampDutyOwn: boolean;
  /** Percent. */
  stampDuty: string;
  transferFeeOwn: boolean;
  /** Per ten thousand. */
  transferFee: string;
  slippageKind: SlippageKind;
  /** Percent of the price, price ticks, or the percent that a whole bar's volume would move the price. */
  slippage: string;
}

export type RateField = "commission" | "stampDuty" | "transferFee";
export const RATE_UNITS: Record<RateField, RateUnit> = {
  commission: "permyriad",
  stampDuty: "percent",
  transferFee: "permyriad",
};

export type DraftField = Exclude<keyof BacktestDraft, "params"> | `params.${string}`;
/** Keys of the form's texts. */
export type Fault =
  | "faultSymbols"
  | "faultSymbolsMany"
  | "faultDate"
  | "faultDates"
  | "faultCash"
  | "faultCents"
  | "faultRate"
  | "faultRateDecimals"
  | "faultCommissionMin"
  | "faultTicks"
  | "faultImpact"
  | "faultVolumeShare"
  | "faultInteger"
  | "faultNumber"
  | "faultMinimum"
  | "faultMaximum";
export type Faults = Partial<Record<DraftField, Fault>>;

export const DEFAULT_DRAFT: BacktestDraft = {
  symbols: [],
  start: "",
  end: "",
  cash: "1000000",
  benchmark: null,
  params: {},
  adjustment: "qfq",
  fill: "next_open",
  wholeLots: true,
  priceLimits: true,
  settlement: true,
  volumeBound: true,
  volumeShare: "10",
  rightsIssues: "skip",
  dividendTax: true,
  commission: "2.5",
  commissionMin: "5",
  stampDutyOwn: false,
  stampDuty: "0.05",
  transferFeeOwn: false,
  transferFee: "0.1",
  slippageKind: "percent",
  slippage: "0.01",
};

/** What each kind of slippage starts with. */
export const SLIPPAGE_START: Record<SlippageKind, string> = { percent: "0.01", ticks: "1", impact: "2" };

/** Limits of the API's spec. */
const MOST_SYMBOLS = 1000;
const MOST_RATE = "0.1";
const RATE_DECIMALS = 8;
const SHARE_DECIMALS = 4;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

function inRange(text: string, low: string, high: string): boolean {
  const above = compare(text, low);
  const below = compare(text, high);
  return above !== null && below !== null && above >= 0 && below <= 0;
}

function rateFault(text: string, unit: RateUnit): Fault | undefined {
  const fraction = toFraction(text, unit);
  if (fraction === null || !inRange(fraction, "0", MOST_RATE)) return "faultRate";
  return (decimalPlaces(fraction) ?? 0) > RATE_DECIMALS ? "faultRateDecimals" : undefined;
}

function moneyFault(text: string, fault: Fault, low: string, high: string): Fault | undefined {
  if (!inRange(text, low, high)) return fault;
  return (decimalPlaces(text) ?? 0) > 2 ? "faultCents" : undefined;
}

function slippageFault({ slippageKind, slippage }: BacktestDraft): Fault | undefined {
  if (slippageKind === "percent") return rateFault(slippage, "percent");
  if (slippageKind === "impact") return inRange(slippage, "0", "100") ? undefined : "faultImpact";
  return inRange(slippage, "0", "100") ? undefined : "faultTicks";
}

function volumeFault({ volumeBound, volumeShare }: BacktestDraft): Fault | undefined {
  if (!volumeBound) return undefined;
  const fraction = toFraction(volumeShare, "percent");
  const fine = fraction !== null && inRange(fraction, "0.0001", "1") && (decimalPlaces(fraction) ?? 0) <= SHARE_DECIMALS;
  return fine ? undefined : "faultVolumeShare";
}

/** Say what is wrong with a typed parameter. */
export function paramFault(parameter: Parameter, value: string | boolean): Fault | undefined {
  if ((parameter.type !== "int" && parameter.type !== "float") || typeof value === "boolean") return undefined;
  const plain = normalise(value);
  if (plain === null) return parameter.type === "int" ? "faultInteger" : "faultNumber";
  if (parameter.type === "int" && plain.includes(".")) return "faultInteger";
  const number = Number(plain);
  if (parameter.minimum != null && number < parameter.minimum) return "faultMinimum";
  if (parameter.maximum != null && number > parameter.maximum) return "faultMaximum";
  return undefined;
}

/** Find every fault of the form; an empty object means that it can be sent. */
export function faultsOf(draft: BacktestDraft, parameters: readonly Parameter[]): Faults {
  const dates = DATE.test(draft.start) && DATE.test(draft.end);
  const found: [DraftField, Fault | undefined][] = [
    ["symbols", draft.symbols.length === 0 ? "faultSymbols" : draft.symbols.length > MOST_SYMBOLS ? "faultSymbolsMany" : undefined],
    ["start", DATE.test(draft.start) ? undefined : "faultDate"],
    ["end", !DATE.test(draft.end) ? "faultDate" : dates && draft.end <= draft.start ? "faultDates" : undefined],
    ["cash", moneyFault(draft.cash, "faultCash", "0.01", "1000000000000")],
    ["commission", rateFault(draft.commission, RATE_UNITS.commission)],
    ["commissionMin", moneyFault(draft.commissionMin, "faultCommissionMin", "0", "1000")],
    ["stampDuty", draft.stampDutyOwn ? rateFault(draft.stampDuty, RATE_UNITS.stampDuty) : undefined],
    ["transferFee", draft.transferFeeOwn ? rateFault(draft.transferFee, RATE_UNITS.transferFee) : undefined],
    ["slippage", slippageFault(draft)],
    ["volumeShare", volumeFault(draft)],
    ...parameters.map((parameter): [DraftField, Fault | undefined] => {
      const value = draft.params[parameter.name];
      return [`params.${parameter.name}`, value === undefined ? undefined : paramFault(parameter, value)];
    }),
  ];
  return Object.fromEntries(found.filter(([, fault]) => fault !== undefined));
}

/** Turn a typed parameter into its type. */
function paramValue({ type }: Parameter, value: string | boolean): ParamValue {
  if (typeof value === "boolean" || type === "str" || type === "bool") return value;
  return Number(normalise(value) ?? value);
}

/** Make the API's spec of a form without faults: rates become fractions digit by digit, never through floats. */
export function toSpec(draft: BacktestDraft, parameters: readonly Parameter[]): SpecInput {
  const rate = (field: RateField) => toFraction(draft[field], RATE_UNITS[field]) ?? draft[field];
  const params: Record<string, ParamValue> = {};
  for (const parameter of parameters) {
    const value = draft.params[parameter.name];
    // A default that is no plain value can only be changed in the code.
    if (value === undefined || parameter.type === "other") continue;
    const typed = paramValue(parameter, value);
    if (typed !== parameter.default) params[parameter.name] = typed;
  }
  return {
    symbols: draft.symbols,
    start: draft.start,
    end: draft.end,
    cash: normalise(draft.cash) ?? draft.cash,
    benchmark: draft.benchmark,
    params,
    adjustment: draft.adjustment,
    interval: "1d",
    costs: {
      commission_rate: rate("commission"),
      commission_min: normalise(draft.commissionMin) ?? draft.commissionMin,
      stamp_duty_rate: draft.stampDutyOwn ? rate("stampDuty") : null,
      transfer_fee_rate: draft.transferFeeOwn ? rate("transferFee") : null,
      slippage: {
        kind: draft.slippageKind,
        value: (draft.slippageKind === "ticks" ? normalise(draft.slippage) : toFraction(draft.slippage, "percent")) ?? draft.slippage,
      },
    },
    fill: draft.fill,
    rules: {
      price_limits: draft.priceLimits,
      settlement: draft.settlement,
      volume_share: draft.volumeBound ? (toFraction(draft.volumeShare, "percent") ?? draft.volumeShare) : null,
      rights_issues: draft.rightsIssues,
      dividend_tax: draft.dividendTax,
    },
    whole_lots: draft.wholeLots,
  };
}

/** Fill the form from a spec, e.g. to run a backtest again. */
export function fromSpec(spec: Spec): BacktestDraft {
  const { costs, rules } = spec;
  const { slippage, stamp_duty_rate: stampDuty, transfer_fee_rate: transferFee } = costs;
  const share = rules.volume_share ?? null;
  return {
    symbols: [...spec.symbols],
    start: spec.start,
    end: spec.end,
    cash: normalise(spec.cash) ?? spec.cash,
    benchmark: spec.benchmark ?? null,
    params: Object.fromEntries(
      Object.entries(spec.params ?? {}).map(([name, value]) => [name, typeof value === "boolean" ? value : String(value)]),
    ),
    adjustment: spec.adjustment,
    fill: spec.fill,
    wholeLots: spec.whole_lots,
    priceLimits: rules.price_limits,
    settlement: rules.settlement,
    volumeBound: share !== null,
    volumeShare: share === null ? DEFAULT_DRAFT.volumeShare : fromFraction(share, "percent"),
    rightsIssues: rules.rights_issues,
    dividendTax: rules.dividend_tax,
    commission: fromFraction(costs.commission_rate, RATE_UNITS.commission),
    commissionMin: normalise(costs.commission_min) ?? costs.commission_min,
    stampDutyOwn: stampDuty != null,
    stampDuty: stampDuty == null ? DEFAULT_DRAFT.stampDuty : fromFraction(stampDuty, RATE_UNITS.stampDuty),
    transferFeeOwn: transferFee != null,
    transferFee: transferFee == null ? DEFAULT_DRAFT.transferFee : fromFraction(transferFee, RATE_UNITS.transferFee),
    slippageKind: slippage.kind,
    slippage: slippage.kind === "ticks" ? (normalise(slippage.value) ?? slippage.value) : fromFraction(slippage.value, "percent"),
  };
}

const RULES = ["priceLimits", "settlement", "volumeBound", "dividendTax", "wholeLots"] as const;

/** List the rules that a run is spared. */
export const relaxedRules = (draft: BacktestDraft): (typeof RULES)[number][] => RULES.filter((rule) => !draft[rule]);

const SPEC_FIELDS: Record<string, DraftField> = {
  symbols: "symbols",
  start: "start",
  end: "end",
  cash: "cash",
  benchmark: "benchmark",
  adjustment: "adjustment",
  whole_lots: "wholeLots",
  fill: "fill",
  "rules.price_limits": "priceLimits",
  "rules.settlement": "settlement",
  "rules.volume_share": "volumeShare",
  "rules.rights_issues": "rightsIssues",
  "rules.dividend_tax": "dividendTax",
  "costs.commission_rate": "commission",
  "costs.commission_min": "commissionMin",
  "costs.stamp_duty_rate": "stampDuty",
  "costs.transfer_fee_rate": "transferFee",
  "costs.slippage": "slippage",
};

/** Find the form's field for a field the server named, e.g. `body.spec.costs.slippage.value`. */
export function draftField(path: string): DraftField | null {
  const inSpec = path.replace(/^body\./, "").replace(/^spec\.?/, "");
  if (inSpec.startsWith("params.")) return inSpec as DraftField;
  const exact = Object.keys(SPEC_FIELDS).find((name) => inSpec === name || inSpec.startsWith(`${name}.`));
  return exact === undefined ? null : (SPEC_FIELDS[exact] ?? null);
}
