/** The server takes at most 1,000,000 bytes in a request: a warning in time is better than its refusal. */
const LARGE_BODY = 900_000;

/** Whether saving the code sends nearly all that a request may hold; escapes count as they are sent. */
export function isNearlyTooLarge(code: string): boolean {
  // A character takes six bytes at most, so that nothing need be measured of ordinary code.
  return code.length * 6 > LARGE_BODY && new TextEncoder().encode(JSON.stringify(code)).length > LARGE_BODY;
}
