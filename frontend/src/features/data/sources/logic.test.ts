import { describe, expect, test } from "vitest";

import type { HostHealth, SourceEvent, Trouble } from "./api";
import { byHost, cellsOf, dayOf, isFailing, lastDays, usedFirst } from "./logic";

const event = (trouble: Trouble, first: string, last: string, host: string | null = "a.example"): SourceEvent => ({
  id: `${trouble}${first}`,
  source: "sina",
  dataset: "stock_daily",
  host,
  error_kind: "banned",
  trouble,
  message: "",
  symbol: null,
  next_source: null,
  count: 2,
  first_at: first,
  last_at: last,
  recovered_at: null,
});

describe("the timeline of the sources", () => {
  test("a day is a day in Beijing", () => {
    expect(dayOf("2026-03-01T15:59:00Z")).toBe("2026-03-01");
    expect(dayOf("2026-03-01T16:00:00Z")).toBe("2026-03-02");
    expect(lastDays(Date.parse("2026-03-01T16:00:00Z"), 3)).toEqual(["2026-02-28", "2026-03-01", "2026-03-02"]);
  });

  test("a run of failures shows on each of its days, the heaviest trouble first", () => {
    const events = [event("answer", "2026-03-01T01:00:00Z", "2026-03-02T01:00:00Z"), event("ban", "2026-03-02T02:00:00Z", "2026-03-02T03:00:00Z")];
    const cells = cellsOf(events, ["2026-02-28", "2026-03-01", "2026-03-02"]);
    expect(cells.map(({ worst }) => worst)).toEqual([null, "answer", "ban"]);
    expect(cells[2]?.counts).toEqual([["ban", 2], ["answer", 2]]);
  });

  test("hosts without events keep their row, events without a host stand under their source", () => {
    const found = byHost([event("ban", "2026-03-01T01:00:00Z", "2026-03-01T01:00:00Z", null)], [{ source: "sina", host: "a.example" }]);
    expect([...found].map(([host, events]) => [host, events.length])).toEqual([["a.example", 0], ["sina", 1]]);
  });
});

describe("the hosts of a source", () => {
  const host = (name: string, success: string | null, error: string | null): HostHealth => ({
    host: name,
    state: "closed",
    open_until: null,
    last_success: success,
    last_error_at: error,
    last_error_kind: error === null ? null : "timeout",
    last_error: error,
    requests_today: 0,
    ceiling: 2000,
  });

  test("those in use are shown, the first where none is", () => {
    const [idle, busy, other] = [host("a", null, null), host("b", "2026-03-01T01:00:00Z", null), host("c", null, null)];
    expect(usedFirst([idle, busy, other])).toEqual({ shown: [busy], rest: [idle, other] });
    expect(usedFirst([idle, other])).toEqual({ shown: [idle], rest: [other] });
    expect(usedFirst([])).toEqual({ shown: [], rest: [] });
  });

  test("a host fails while its last answer was of no use", () => {
    expect(isFailing(host("a", "2026-03-01T01:00:00Z", "2026-03-01T02:00:00Z"))).toBe(true);
    expect(isFailing(host("a", "2026-03-01T03:00:00Z", "2026-03-01T02:00:00Z"))).toBe(false);
    expect(isFailing(host("a", null, null))).toBe(false);
  });
});
