import createClient, { type Middleware } from "openapi-fetch";

import { errorOf, networkError } from "./errors";
import type { paths } from "./schema.gen";
import { currentToken, refreshSession, signedOut } from "./session";

/** Requests that carry credentials of their own: a 401 there is an answer, not an expired token. */
const OWN_CREDENTIALS = /\/api\/v1\/auth\/(login|refresh|setup)$/;

function authorised(request: Request): Request {
  const token = currentToken();
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

/** Send with the access token; when it has expired, refresh once and send again. */
export async function authorisedFetch(request: Request): Promise<Response> {
  const ownCredentials = OWN_CREDENTIALS.test(new URL(request.url).pathname);
  const again = request.clone();
  const token = currentToken();
  const first = await send(authorised(request));
  if (first.status !== 401 || ownCredentials) return first;
  // Another request may have renewed the token while this one was under way.
  if (currentToken() === token && !(await refreshSession())) return first;
  const second = await send(authorised(again));
  if (second.status === 401) signedOut();
  return second;
}

/** A wait longer than this is told at once instead. */
const MOST_WAIT_S = 10;

/** Send; a read that came too fast waits as long as it is told to, once, and is sent again: its panel only loads longer. */
async function send(request: Request): Promise<Response> {
  if (request.method !== "GET") return sendOnce(request);
  const again = request.clone();
  const answer = await sendOnce(request);
  const wait = Number(answer.headers.get("Retry-After") ?? Number.NaN);
  if (answer.status !== 429 || !(wait >= 0 && wait <= MOST_WAIT_S)) return answer;
  await waited(wait * 1000, again.signal);
  return sendOnce(again);
}

/** Resolve after a while; throw the signal's reason when it is given up before. */
function waited(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

async function sendOnce(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw networkError(cause);
  }
}

/** Turn every refusal into a thrown ApiError, so that queries and mutations fail with it. */
const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok && response.status !== 304) throw await errorOf(response);
  },
};

/** The typed client of the whole API. Paths, parameters and answers come from the OpenAPI document. */
export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: authorisedFetch });
api.use(throwProblems);

/** Give the data of an answer whose errors were thrown already. */
export async function unwrap<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  // A 204 has no data; its T is then undefined itself.
  return data as T;
}

/** A key that makes a repeated POST create its thing once. Make it when the form opens, not when it is sent. */
export function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
