import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { api } from "@/api/client";

import { analysisOf } from "./languageApi";

const at = { text: "import math\nmath.", path: "strategy.py", line: 2, column: 5 };
const files = [
  { path: "strategy.py", text: "old" },
  { path: "helpers.py", text: "x = 1" },
];
let post = vi.spyOn(api, "POST");
const answered = (data: unknown) => post.mockResolvedValueOnce({ data, response: new Response() });

const analysis = analysisOf(
  () => files,
  () => undefined,
);

beforeEach(() => {
  post = vi.spyOn(api, "POST"); // mocks are taken back after each test
});
afterEach(() => {
  vi.useRealTimers();
});

test("the other files go with the question, the one asked about only as it is typed", async () => {
  answered({ state: "answered", start: 5, end: 5, items: [] });
  const { signal } = new AbortController();
  await expect(analysis.complete(at, signal)).resolves.toMatchObject({ start: 5 });
  const body = { code: at.text, path: "strategy.py", line: 2, column: 5, files: [files[1]] };
  expect(post).toHaveBeenCalledWith("/api/v1/strategies/language/complete", { body, signal });
});

test("an answer that was overtaken is none", async () => {
  answered({ state: "superseded", text: "" });
  await expect(analysis.hover(at, new AbortController().signal)).resolves.toBeNull();
});

test("offline nobody is asked again at once, and typing hears of no error", async () => {
  vi.useFakeTimers({ now: 1_000 }); // long ago, so that the other tests do not rest
  post.mockRejectedValueOnce(new TypeError("offline"));
  const { signal } = new AbortController();
  await expect(analysis.signature(at, signal)).resolves.toBeNull();
  await expect(analysis.signature(at, signal)).resolves.toBeNull();
  expect(post).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(10_001);
  answered({ state: "answered", signatures: [], signature: 0 });
  await expect(analysis.signature(at, signal)).resolves.toMatchObject({ parameter: null });
});

test("a question that is no longer wanted is not asked, and its end is no failure", async () => {
  const gone = new AbortController();
  gone.abort();
  await expect(analysis.hover(at, gone.signal)).resolves.toBeNull();
  expect(post).not.toHaveBeenCalled();
  const leaving = new AbortController();
  post.mockImplementationOnce((() => {
    leaving.abort();
    return Promise.reject(new DOMException("aborted", "AbortError"));
  }) as never);
  await expect(analysis.hover(at, leaving.signal)).resolves.toBeNull();
  answered({ state: "answered", text: "help" });
  await expect(analysis.hover(at, new AbortController().signal)).resolves.toBe("help");
});

test("a text that is too long is left alone", async () => {
  await expect(analysis.hover({ ...at, text: "x".repeat(200_001) }, new AbortController().signal)).resolves.toBeNull();
  expect(post).not.toHaveBeenCalled();
});
