import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type QuickReport = components["schemas"]["QuickReport"];
export type QuickRun = components["schemas"]["QuickRun"];
export type BriefReport = components["schemas"]["BriefReport"];
export type BriefMetrics = components["schemas"]["BriefMetrics"];

/** Run code that is not saved, at once; aborting the request ends the run. */
export const runQuick = (body: QuickRun, signal: AbortSignal): Promise<QuickReport> =>
  unwrap(api.POST("/api/v1/backtests/quick", { body, signal }));
