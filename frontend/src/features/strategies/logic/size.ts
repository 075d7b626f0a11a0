import type { Project } from "./project";

/** The server takes at most 1,000,000 bytes in a request: a warning in time is better than its refusal. */
const LARGE_BODY = 900_000;

/** Whether saving the files sends nearly all that a request may hold; escapes count as they are sent. */
export function isNearlyTooLarge({ code, files }: Project): boolean {
  // A character takes six bytes at most, so that nothing need be measured of ordinary code.
  const characters = files.reduce((sum, { path, text }) => sum + path.length + text.length, code.length);
  return characters * 6 > LARGE_BODY && new TextEncoder().encode(JSON.stringify({ code, files })).length > LARGE_BODY;
}
