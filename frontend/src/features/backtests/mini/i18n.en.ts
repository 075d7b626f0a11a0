import type { English } from "@/app/i18n";

import type { zh } from "./i18n.zh";

export const en: English<typeof zh> = {
  report: "Result of the quick run",
  chart: "Equity, benchmark and drawdown",
  figures: "Key figures",
  delta: "{{change}} from the last run ({{before}})",
  points: "percentage points",
  fills: "{{count}} fills",
  fills_one: "{{count}} fill",
  fillsLast: "{{count}} fills (the last {{shown}} are listed)",
  refusals: "{{count}} refused or cut",
  logs: "{{count}} lines printed",
  logs_one: "{{count}} line printed",
  count: "Times",
  first: "First",
  rule: "Rule",
  reason: "Reason",
  noFills: "Nothing was filled. Look at the entry condition, or whether dates and symbols suit it.",
  stopped: "The run was ended",
  cancelled: "Cancelled",
};
