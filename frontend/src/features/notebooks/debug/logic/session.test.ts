import { describe, expect, test } from "vitest";

import type { KernelReply } from "../../logic/outputs";
import { asked, debugHeard, firstFrame, newCell, NO_DEBUG, phaseOf, stackRows, type DebugState, type Frame, type Stopped } from "./session";

const CELL = "d1";
const frame = (id: number, path: string | null): Frame => ({ id, name: `f${id}`, path, line: id });
const stopped = (number: number, cell = CELL): Stopped => ({ type: "stopped", number, cell, reason: "breakpoint", text: "", frames: [frame(1, "strategy.py")], bar: null });
const queued: KernelReply = { type: "queued", number: 1, cell: CELL, code: "x", line: 0 };
const started: KernelReply = { type: "started", number: 2, cell: CELL, count: 1, code: "x", line: 0 };
const after = (replies: KernelReply[], from: DebugState = NO_DEBUG) => replies.reduce(debugHeard, from);

describe("a session", () => {
  test("goes from start to stop, on, and to its end", () => {
    const begun = asked(NO_DEBUG, CELL);
    expect(phaseOf(begun, "none")).toBe("starting");
    const replies: KernelReply[] = [queued, started, stopped(3), { type: "continued", number: 4, cell: CELL }, { type: "done", number: 5, cell: CELL, status: "ok", seconds: 1 }];
    const phases = replies.map((_, at) => phaseOf(after(replies.slice(0, at + 1), begun), "busy"));
    expect(phases).toEqual(["starting", "running", "stopped", "running", "ended"]);
  });
  test("is found again by a page that was loaded while it stood still", () => {
    const state = after([queued, started, stopped(3), { type: "continued", number: 4, cell: CELL }, stopped(5)]);
    expect(phaseOf(state, "busy")).toBe("stopped");
    expect(state.stop?.number).toBe(5);
  });
  test("keeps what was raised", () => {
    const error: KernelReply = { type: "error", number: 3, cell: CELL, name: "ValueError", message: "no", traceback: "", frames: [] };
    const state = after([queued, started, error, { type: "done", number: 4, cell: CELL, status: "error", seconds: 1 }]);
    expect(state.run).toMatchObject({ status: "error", error: "ValueError: no" });
  });
  test("that a person stopped was stopped, and has no error", () => {
    const error: KernelReply = { type: "error", number: 3, cell: CELL, name: "KeyboardInterrupt", message: "", traceback: "", frames: [] };
    const state = after([queued, started, error, { type: "done", number: 4, cell: CELL, status: "error", seconds: 1 }]);
    expect(state.run).toMatchObject({ status: "aborted", error: "" });
  });
  test("has ended when its kernel has, and nothing stands still any more", () => {
    const state = after([queued, started, stopped(3), { type: "status", number: 4, state: "dead", why_zh: "", why_en: "" }]);
    expect([state.stop, phaseOf(state, "dead")]).toEqual([null, "ended"]);
  });
  test("that was refused has not begun", () => {
    expect(phaseOf(after([{ type: "refused", code: "x", message: "" }], asked(NO_DEBUG, CELL)), "none")).toBe("none");
  });
  test("a cell that is only run is none", () => {
    expect(phaseOf(after([{ ...queued, cell: "c1" }, { ...started, cell: "c1" }]), "busy")).toBe("none");
    expect(newCell().startsWith("d")).toBe(true);
  });
});

describe("the call stack", () => {
  const frames = [frame(1, null), frame(2, "strategy.py"), frame(3, null), frame(4, null), frame(5, "strategy.py")];
  test("begins at the person's own code, also when a library has stopped", () => {
    expect(firstFrame(frames)?.id).toBe(2);
    expect(firstFrame([frame(1, null)])?.id).toBe(1);
    expect(firstFrame([])).toBeNull();
  });
  test("folds what is not", () => {
    expect(stackRows(frames).map((row) => ("frame" in row ? row.frame.id : row.library.length))).toEqual([1, 2, 2, 5]);
  });
});
