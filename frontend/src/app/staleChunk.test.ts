import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { isStaleChunk, reloadForUpdate, watchForUpdates } from "./staleChunk";

const reload = vi.fn<() => void>();

beforeEach(() => {
  reload.mockClear();
  vi.stubGlobal("fetch", vi.fn(() => Promise.resolve(new Response("<html>"))));
});

afterEach(() => {
  sessionStorage.clear();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a chunk that an update removed", () => {
  test.each([
    "Failed to fetch dynamically imported module: http://localhost/assets/Page-1.js",
    "error loading dynamically imported module: http://localhost/assets/Page-1.js",
    "Importing a module script failed.",
    "Unable to preload CSS for /assets/Page-1.css",
  ])("is known by %s", (message) => expect(isStaleChunk(new TypeError(message))).toBe(true));

  test("is not any other error", () => {
    expect(isStaleChunk(new TypeError("x is undefined"))).toBe(false);
    expect(isStaleChunk("Unable to preload CSS")).toBe(false);
  });

  test("reloads the page once, and again only after a while", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await reloadForUpdate(reload);
    await reloadForUpdate(reload);
    expect(reload).toHaveBeenCalledTimes(1);
    vi.setSystemTime(Date.now() + 61_000);
    await reloadForUpdate(reload);
    expect(reload).toHaveBeenCalledTimes(2);
  });

  test("keeps the page while the server cannot be reached", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await reloadForUpdate(reload);
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 502 })));
    await reloadForUpdate(reload);
    expect(reload).not.toHaveBeenCalled();
  });

  test("is noticed wherever it was asked for", () => {
    vi.stubGlobal("fetch", vi.fn(() => Promise.resolve(new Response("", { status: 502 }))));
    watchForUpdates();
    window.dispatchEvent(new Event("vite:preloadError"));
    expect(fetch).toHaveBeenCalledWith("/", { cache: "no-store" });
  });
});
