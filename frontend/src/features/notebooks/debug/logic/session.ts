/** How the debugger of a document's kernel is, by what the kernel has told. */
import type { components } from "@/api/schema.gen";

import type { KernelReply, Window } from "../../logic/outputs";
import type { Verdict } from "./breakpoints";

export type Stopped = Extract<KernelReply, { type: "stopped" }>;
export type Frame = components["schemas"]["StackFrame"];
export type CurrentBar = components["schemas"]["CurrentBar"];

/** Cells that are debugged have names of their own, so that they are known after a reload. */
const DEBUGGED = "d";
export const newCell = (): string => `${DEBUGGED}${crypto.randomUUID()}`;

export interface DebugRun {
  cell: string;
  status: "asked" | "waiting" | "running" | "ok" | "error" | "aborted";
  /** What it raised. */
  error: string;
}

export interface DebugState {
  /** What was debugged last. */
  run: DebugRun | null;
  stop: Stopped | null;
  /** How the kernel took the breakpoints. */
  verdicts: readonly Verdict[];
}

export const NO_DEBUG: DebugState = { run: null, stop: null, verdicts: [] };

/** Give the state after something was asked for that is to be debugged. */
export const asked = (state: DebugState, cell: string): DebugState => ({ ...state, run: { cell, status: "asked", error: "" }, stop: null });

/** Give the state after a reply. */
export function debugHeard(state: DebugState, reply: KernelReply): DebugState {
  const { run, stop } = state;
  switch (reply.type) {
    case "resumed":
      return reply.reset ? NO_DEBUG : state;
    case "refused":
      return run?.status === "asked" ? { ...state, run: null } : state;
    case "status":
      // A new kernel, or none: nothing stands still in it.
      return stop !== null && reply.state !== "busy" && reply.state !== "idle" ? { ...state, stop: null } : state;
    case "queued":
      return reply.cell.startsWith(DEBUGGED) ? { ...state, run: { cell: reply.cell, status: "waiting", error: "" } } : state;
    case "started":
      return reply.cell.startsWith(DEBUGGED) ? { ...state, run: { cell: reply.cell, status: "running", error: "" }, stop: null } : state;
    case "error":
      return run?.cell === reply.cell ? { ...state, run: { ...run, error: `${reply.name}: ${reply.message}` } } : state;
    case "done":
      return {
        ...state,
        run: run?.cell === reply.cell ? finished(run, reply.status) : run,
        stop: stop?.cell === reply.cell ? null : stop,
      };
    case "stopped":
      return { ...state, stop: reply };
    case "continued":
      return stop?.cell === reply.cell ? { ...state, stop: null } : state;
    case "breakpoints_set":
      return { ...state, verdicts: reply.breakpoints };
    default:
      return state;
  }
}

/** Who stops it has it raise KeyboardInterrupt, which is no error. */
function finished(run: DebugRun, status: "ok" | "error" | "aborted"): DebugRun {
  return run.error.startsWith("KeyboardInterrupt") ? { ...run, status: "aborted", error: "" } : { ...run, status };
}

/** The session as a person sees it. */
export type Phase = "none" | "starting" | "running" | "stopped" | "ended";

export function phaseOf({ run, stop }: DebugState, kernel: Window["state"]): Phase {
  if (stop !== null) return "stopped";
  if (run === null) return "none";
  if (run.status === "asked") return "starting";
  if (run.status === "ok" || run.status === "error" || run.status === "aborted" || kernel === "dead" || kernel === "none") return "ended";
  return run.status === "running" ? "running" : "starting";
}

/** The frame that is looked at first: the innermost one of the person's own code. */
export const firstFrame = (frames: readonly Frame[]): Frame | null => frames.find(({ path }) => path !== null) ?? frames[0] ?? null;

export type StackRow = { frame: Frame } | { library: readonly Frame[] };

/** The call stack with what is not the person's own code put together. */
export function stackRows(frames: readonly Frame[]): StackRow[] {
  const rows: StackRow[] = [];
  for (const frame of frames) {
    const before = rows.at(-1);
    if (frame.path !== null) rows.push({ frame });
    else if (before !== undefined && "library" in before) rows[rows.length - 1] = { library: [...before.library, frame] };
    else rows.push({ library: [frame] });
  }
  return rows;
}
