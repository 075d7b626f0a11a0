import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type ServerDraft = components["schemas"]["DraftText"];
export type DraftPut = components["schemas"]["DraftPut"];

/** Give the draft that the server keeps; null when there is none. */
export const fetchDraft = (id: string): Promise<ServerDraft | null> =>
  unwrap(api.GET("/api/v1/strategies/{strategy_id}/draft", { params: { path: { strategy_id: id } } }));

/** Keep a draft on the server; a 409 means that another page has drafted since. */
export const sendDraft = (id: string, body: DraftPut) =>
  unwrap(api.PUT("/api/v1/strategies/{strategy_id}/draft", { params: { path: { strategy_id: id } }, body }));

export const forgetDraft = (id: string) =>
  unwrap(api.DELETE("/api/v1/strategies/{strategy_id}/draft", { params: { path: { strategy_id: id } } }));
