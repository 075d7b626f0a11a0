import type { components } from "@/api/schema.gen";

export type KernelReply = components["schemas"]["KernelReplyModel"];
export type KernelRequest = components["schemas"]["KernelRequestModel"];
export type Usage = components["schemas"]["Usage"];
type Of<Type extends KernelReply["type"]> = Extract<KernelReply, { type: Type }>;
export type Output = Of<"stream"> | Of<"output"> | Of<"error">;

/** One piece of code that was run, with what it gave. */
export interface Run {
  cell: string;
  code: string;
  /** Where it begins in the document, from 1; 0: not from there. */
  line: number;
  /** In [count]; null while it waits. */
  count: number | null;
  status: "waiting" | "running" | "ok" | "error" | "aborted";
  outputs: Output[];
  seconds: number | null;
  asked: { prompt: string; password: boolean } | null;
  /** The next output replaces all. */
  clearing: boolean;
}

export interface Window {
  state: Of<"status">["state"];
  why: { zh: string; en: string } | null;
  runs: Run[];
  /** Number of the last message that was seen: what to resume after. */
  last: number;
}

export const EMPTY: Window = { state: "none", why: null, runs: [], last: 0 };

/** Give the window after a reply; replies that tell nothing of it leave it as it is. */
export function heard(window: Window, reply: KernelReply): Window {
  if (reply.type === "resumed") return reply.reset ? { ...EMPTY, state: window.state } : window;
  const number = "number" in reply ? reply.number : 0;
  const seen = number > 0 ? { ...window, last: number } : window;
  switch (reply.type) {
    case "status":
      return { ...seen, state: reply.state, why: reply.why_zh || reply.why_en ? { zh: reply.why_zh, en: reply.why_en } : null };
    case "outputs_cleared":
      return { ...seen, runs: seen.runs.filter(({ status }) => status === "waiting" || status === "running") };
    case "queued":
      return { ...seen, runs: [...seen.runs.filter(({ cell }) => cell !== reply.cell), begin(reply)] };
    case "started":
      return { ...seen, runs: placed(seen.runs, { ...begin(reply), count: reply.count, status: "running" }) };
    case "stream":
    case "output":
    case "error":
      return changed(seen, reply.cell, (run) => ({ ...run, clearing: false, outputs: added(run.clearing ? [] : run.outputs, reply) }));
    case "cleared":
      return changed(seen, reply.cell, (run) => (reply.wait ? { ...run, clearing: true } : { ...run, outputs: [] }));
    case "asked":
      return changed(seen, reply.cell, (run) => ({ ...run, asked: { prompt: reply.prompt, password: reply.password } }));
    case "done":
      return changed(seen, reply.cell, (run) => ({ ...run, status: reply.status, seconds: reply.seconds, asked: null }));
    default:
      return seen;
  }
}

/** Give the line of the document that a frame of an error is in; null when its cell is not from the document. */
export function lineOf(runs: readonly Run[], frame: { count: number; line: number }): number | null {
  const run = runs.findLast(({ count }) => count === frame.count);
  return run === undefined || run.line === 0 ? null : run.line + frame.line - 1;
}

function begin({ cell, code, line }: { cell: string; code: string; line: number }): Run {
  return { cell, code, line, count: null, status: "waiting", outputs: [], seconds: null, asked: null, clearing: false };
}

function placed(runs: Run[], run: Run): Run[] {
  const at = runs.findIndex(({ cell }) => cell === run.cell);
  return at < 0 ? [...runs, run] : runs.with(at, run);
}

function changed(window: Window, cell: string, change: (run: Run) => Run): Window {
  return { ...window, runs: window.runs.map((run) => (run.cell === cell ? change(run) : run)) };
}

function added(outputs: Output[], output: Output): Output[] {
  const before = outputs.at(-1);
  if (output.type === "stream" && before?.type === "stream" && before.name === output.name) {
    return outputs.with(-1, { ...before, text: overprinted(before.text + output.text) });
  }
  if (output.type === "stream") return [...outputs, { ...output, text: overprinted(output.text) }];
  if (output.type === "output" && output.display) {
    const known = outputs.some((one) => one.type === "output" && one.display === output.display);
    if (known || output.update) {
      return outputs.map((one) => (one.type === "output" && one.display === output.display ? { ...one, data: output.data } : one));
    }
  }
  return [...outputs, output];
}

/** What a terminal would show: a carriage return begins the line anew, as progress bars do. */
function overprinted(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1))
    .join("\n");
}
