import type { zh } from "./errors.zh";

export const en: Record<keyof typeof zh, string> = {
  network: "The service does not answer. Check the network and that QuantDesk is running, then try again.",
  client: "The page itself failed. Reload it and try again.",
  chunk: "The page has a newer version. Reload it.",
  internal_error: "Something went wrong on our side. Try again; if it stays, report the code together with the log.",
  bad_request: "The request cannot be carried out.",
  unauthenticated: "Sign in first.",
  forbidden: "Your role or key does not allow this.",
  not_found: "There is no such thing; it may have been deleted.",
  conflict: "The state does not allow this. Reload and look again.",
  precondition_failed: "It has changed since you read it. Reload and try again.",
  payload_too_large: "The upload is too large.",
  invalid: "A value cannot be used. See the marked fields.",
  validation: "A value cannot be used. See the marked fields.",
  rate_limited: "Too many requests. Wait a moment and try again.",
  unavailable: "A service that is needed does not answer. Try again soon.",
  disk_full: "The disk is full. Free some space and try again.",
};
