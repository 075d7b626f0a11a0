import { beforeEach, describe, expect, test, vi } from "vitest";

import { authorisedFetch } from "./client";
import { ApiError, errorOf, explain } from "./errors";
import { usePrefs } from "@/app/prefs";
import { currentToken, refreshSession, resumeSession, signedIn, signedOut, useSession, type TokenGrant } from "./session";

const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });

const request = (path: string, init?: RequestInit) => new Request(new URL(path, "http://localhost"), init);

function grant(token: string): TokenGrant {
  const user = { id: "1", username: "li", role: "admin", disabled: false, created_at: "2024-01-01T00:00:00Z", last_login_at: null };
  return { access_token: token, expires_in: 3600, idle_minutes: 30, token_type: "bearer", user } as TokenGrant;
}

/** A server whose valid token is `valid`; counts how often it was asked to refresh. */
function serve({ valid = "new", refresh = () => json(200, grant("new")) } = {}) {
  const seen = { refreshes: 0, bodies: [] as string[] };
  vi.stubGlobal("fetch", async (input: Request | string) => {
    const url = typeof input === "string" ? input : input.url;
    if (url.endsWith("/auth/refresh")) {
      seen.refreshes += 1;
      await Promise.resolve();
      return refresh();
    }
    const sent = input as Request;
    if (sent.method === "POST") seen.bodies.push(await sent.text());
    return sent.headers.get("Authorization") === `Bearer ${valid}` ? json(200, { ok: true }) : json(401, { code: "unauthenticated" });
  });
  return seen;
}

beforeEach(() => {
  signedIn(grant("old"));
  usePrefs.getState().set({ language: "zh" });
});

describe("an expired access token", () => {
  test("many requests at the same time refresh once and all succeed", async () => {
    const seen = serve();
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => authorisedFetch(request(`/api/v1/jobs?n=${n}`))));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(seen.refreshes).toBe(1);
    expect(currentToken()).toBe("new");
  });

  test("a POST is sent again with its body", async () => {
    const seen = serve();
    const answer = await authorisedFetch(request("/api/v1/backtests", { method: "POST", body: '{"a":1}' }));
    expect(answer.status).toBe(200);
    expect(seen.bodies).toEqual(['{"a":1}', '{"a":1}']);
  });

  test("a later expiry refreshes again: the first refresh is not kept", async () => {
    const seen = serve();
    await authorisedFetch(request("/api/v1/jobs"));
    signedIn(grant("old again"));
    await authorisedFetch(request("/api/v1/jobs"));
    expect(seen.refreshes).toBe(2);
  });
});

test("a session that is over gives the 401 and signs the page out, without a second try", async () => {
  const seen = serve({ refresh: () => json(401, { code: "unauthenticated" }) });
  expect((await authorisedFetch(request("/api/v1/jobs"))).status).toBe(401);
  expect(seen.refreshes).toBe(1);
  expect(useSession.getState().status).toBe("signed-out");
});

test("a server that is down during the refresh does not sign anybody out", async () => {
  serve({ refresh: () => json(503, { code: "unavailable" }) });
  await expect(authorisedFetch(request("/api/v1/jobs"))).rejects.toMatchObject({ code: "unavailable" });
  expect(useSession.getState().status).toBe("signed-in");
});

test("a wrong password is an answer, not an expired token", async () => {
  const seen = serve();
  expect((await authorisedFetch(request("/api/v1/auth/login", { method: "POST" }))).status).toBe(401);
  expect(seen.refreshes).toBe(0);
});

test("the refresh cookie alone brings a reloaded page back", async () => {
  signedOut();
  serve();
  await expect(refreshSession()).resolves.toBe(true);
  expect(useSession.getState().status).toBe("signed-in");
});

describe("a page that has just loaded", () => {
  const load = () => useSession.setState({ status: "unknown", user: null, endReason: null });

  test("takes up the session of a browser that was signed in", async () => {
    load();
    const seen = serve();
    await resumeSession();
    expect(seen.refreshes).toBe(1);
    expect(useSession.getState().status).toBe("signed-in");
  });

  test("asks for nothing on a first visit or after signing out", async () => {
    signedOut("signed-out");
    load();
    const seen = serve();
    await resumeSession();
    expect(seen.refreshes).toBe(0);
    expect(useSession.getState()).toMatchObject({ status: "signed-out", endReason: null });
  });
});

describe("too many requests", () => {
  const busy = (seconds: string) => json(429, { code: "rate_limited" }, { "Retry-After": seconds });

  test("a read waits as long as it is told to and is sent again, once", async () => {
    const answers = [busy("0"), json(200, { items: [] })];
    const fetched = vi.fn(() => Promise.resolve(answers.shift() ?? busy("0")));
    vi.stubGlobal("fetch", fetched);
    expect((await authorisedFetch(request("/api/v1/stocks/search"))).status).toBe(200);
    expect((await authorisedFetch(request("/api/v1/stocks/search"))).status).toBe(429);
    expect(fetched).toHaveBeenCalledTimes(4);
  });

  test("a long wait is told at once, and a change is never sent twice", async () => {
    const fetched = vi.fn(() => Promise.resolve(busy("60")));
    vi.stubGlobal("fetch", fetched);
    expect((await authorisedFetch(request("/api/v1/jobs"))).status).toBe(429);
    fetched.mockResolvedValue(busy("0"));
    expect((await authorisedFetch(request("/api/v1/backtests", { method: "POST" }))).status).toBe(429);
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  test("a request given up while it waits is not sent again", async () => {
    const fetched = vi.fn(() => Promise.resolve(busy("5")));
    vi.stubGlobal("fetch", fetched);
    const stop = new AbortController();
    const answer = authorisedFetch(request("/api/v1/jobs", { signal: stop.signal }));
    stop.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});

describe("errors", () => {
  const problem = { code: "invalid", title: "t", detail: "cash must be above 0, got -5", errors: [{ loc: ["body", "spec", "cash"], message: "must be above 0", type: "greater_than" }] };

  test("problem+json keeps its code, fields and request id", async () => {
    const error = await errorOf(json(422, problem, { "X-Request-ID": "r1", "Retry-After": "7" }));
    expect(error).toMatchObject({ status: 422, code: "invalid", requestId: "r1", retryAfter: 7 });
    expect(error.fields).toEqual([{ field: "spec.cash", message: "must be above 0" }]);
  });

  test("refused parameters of a strategy are told one by one", async () => {
    const refused = { code: "bad_parameters", detail: "fast: 0 is below 1", field: "spec.params", parameters: { fast: "0 is below 1", colour: "no such parameter" } };
    expect((await errorOf(json(422, refused))).fields).toEqual([
      { field: "spec.params.fast", message: "0 is below 1" },
      { field: "spec.params.colour", message: "no such parameter" },
    ]);
  });

  test("a proxy's page without a problem still gives a code by its status", async () => {
    const error = await errorOf(new Response("<html>", { status: 503 }));
    expect(error.code).toBe("unavailable");
    expect(error.retryAfter).toBeNull();
  });

  test("a known code is explained in Chinese, in English by the server's own sentence", async () => {
    const error = await errorOf(json(422, problem));
    expect(explain(error).message).toMatch(/请检查/);
    usePrefs.getState().set({ language: "en" });
    expect(explain(error).message).toBe("cash must be above 0, got -5");
  });

  test("a code nobody has a text for falls back to the server's words", () => {
    expect(explain(new ApiError(418, "teapot", "I am a teapot")).message).toBe("I am a teapot");
  });

  test("no answer at all says to check the network", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    const error: unknown = await authorisedFetch(request("/api/v1/jobs")).catch((cause: unknown) => cause);
    expect(explain(error).code).toBe("network");
  });
});
