import { describe, expect, it } from "vitest";

import { appendLines, applyEvent, newerJob, type Job, type LogLine } from "./live";

const job = (change: Partial<Job> = {}): Job => ({
  id: "j1",
  parent_id: null,
  kind: "backtest",
  title: "双均线",
  state: "running",
  queue: "backtest",
  subject_id: "b1",
  progress: { done: 10, total: 100, unit: "bars" },
  error: null,
  attempt: 1,
  request_id: null,
  created_at: "2026-11-21T01:00:00Z",
  started_at: "2026-11-21T01:00:01Z",
  finished_at: null,
  ...change,
});
const line = (at: string, text: string): LogLine => ({ at, level: "info", text });

describe("live job", () => {
  it("takes progress of its own and ignores that of others", () => {
    const progress = { done: 20, total: 100, unit: "bars" };
    expect(applyEvent(job(), { type: "job.progress", job_id: "j1", progress }).progress).toEqual(progress);
    expect(applyEvent(job(), { type: "job.progress", job_id: "j2", progress }).progress?.done).toBe(10);
  });

  it("stays finished when a late answer still says running", () => {
    const done = job({ state: "succeeded" });
    expect(newerJob(done, job())).toBe(done);
  });

  it("goes back to the queue when it is tried again", () => {
    const failed = job({ state: "failed" });
    expect(newerJob(failed, job({ state: "queued", progress: null })).state).toBe("queued");
    expect(newerJob(failed, job({ state: "running", attempt: 2 })).attempt).toBe(2);
  });

  it("follows a retry, whose attempts are counted from none", () => {
    const cancelled = job({ state: "cancelled", attempt: 2 });
    const queued = job({ state: "queued", attempt: 0, started_at: null, progress: null });
    const running = job({ state: "running", attempt: 1, started_at: "2026-11-21T02:00:00Z" });
    expect(newerJob(cancelled, queued)).toBe(queued);
    expect(newerJob(queued, running)).toBe(running);
    expect(newerJob(cancelled, running)).toBe(running);
    expect(newerJob(running, cancelled)).toBe(running);
  });

  it("does not let progress run backwards when an old answer arrives late", () => {
    expect(newerJob(job(), job({ progress: { done: 5, total: 100, unit: "bars" } })).progress?.done).toBe(10);
  });

  it("appends log lines once, also when a resumed socket repeats them", () => {
    const first = appendLines({ lines: [], truncated: false }, [line("1", "a"), line("2", "b")]);
    const second = appendLines(first, [line("2", "b"), line("2", "c"), line("3", "d")]);
    expect(second.lines.map(({ text }) => text)).toEqual(["a", "b", "c", "d"]);
    expect(appendLines(second, [line("1", "a")])).toBe(second);
  });
});
