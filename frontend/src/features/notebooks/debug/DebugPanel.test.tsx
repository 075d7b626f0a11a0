import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";

import { usePrefs } from "@/app/prefs";
import { writeRunDraft } from "@/features/backtests/logic/drafts";
import { DEFAULT_DRAFT } from "@/features/backtests/logic/form";

import type { KernelSocketOptions } from "../kernelSocket";
import type { KernelReply, KernelRequest } from "../logic/outputs";
import { useKernel } from "../useKernel";
import type { Stopped } from "./logic/session";
import { useDebug } from "./useDebug";

/** A host that answers what a test gives it. */
const host = vi.hoisted(() => ({
  ...({ sent: [], tell: () => undefined, variables: {} } as {
    sent: { type: string; [name: string]: unknown }[];
    tell: (reply: unknown) => void;
    variables: Record<number, unknown[]>;
  }),
}));

vi.mock("../kernelSocket", () => ({
  KernelSocket: class {
    constructor(
      _: string,
      private readonly options: KernelSocketOptions,
    ) {
      host.tell = (reply) => options.onReply(reply as KernelReply);
      options.onState("open");
    }
    send(request: KernelRequest) {
      host.sent.push(request);
      const answer = (reply: object) => queueMicrotask(() => this.options.onReply(reply as KernelReply));
      if (request.type === "scopes") answer({ type: "scope_list", request: request.request, scopes: [{ name: "locals", reference: 10 * request.frame }] });
      if (request.type === "children") answer({ type: "children_list", request: request.request, variables: (host.variables[request.reference] ?? []).slice(request.start, request.start + request.count) });
      if (request.type === "evaluate") answer({ type: "evaluated", request: request.request, value: `${request.expression} in ${request.frame}`, kind: "str", reference: 0, error: "" });
    }
    close() {
      host.tell = () => undefined;
    }
  },
}));

const CODE = "import backtrader as bt\nclass S(bt.Strategy):\n    def next(self):\n        size = 1\n        self.buy(size=size)\n";
const PROJECT = { code: CODE, files: [] };
const gone = vi.fn();
let editor: ReturnType<typeof useDebug>["editor"];

function Page() {
  const kernel = useKernel("doc", true);
  const debug = useDebug({ document: "doc", kernel, path: "strategy.py", project: PROJECT, className: "S", parameters: [], blocked: undefined, onGoTo: gone, onShow: () => undefined, onOutput: () => undefined });
  // eslint-disable-next-line react-hooks/globals -- what the page gives to its editor
  editor = debug.editor;
  return debug.panel;
}

const variable = (name: string, value: string, reference = 0) => ({ name, value, type: "int", reference, size: null });
const STOP: Stopped = {
  type: "stopped",
  number: 5,
  cell: "",
  reason: "breakpoint",
  text: "",
  bar: null,
  frames: [
    { id: 1, name: "next", path: "strategy.py", line: 5 },
    { id: 2, name: "_next", path: null, line: 300 },
    { id: 3, name: "<module>", path: "strategy.py", line: 2 },
  ],
};
const tell = (...replies: object[]) => {
  act(() => replies.forEach((reply) => host.tell(reply)));
};
const asked = (type: string) => host.sent.filter((request) => request.type === type);

async function opened() {
  const client = new QueryClient();
  render(
    <QueryClientProvider client={client}>
      <Page />
    </QueryClientProvider>,
  );
  return screen.findByRole("toolbar", {}, { timeout: 20_000 });
}

async function stoppedAt(stop: Partial<Stopped> = {}) {
  await opened();
  await userEvent.click(screen.getByRole("button", { name: "Debug strategy" }));
  const cell = String(asked("debug_strategy")[0]?.cell);
  tell(
    { type: "queued", number: 3, cell, code: "", line: 0 },
    { type: "started", number: 4, cell, count: 1, code: "", line: 0 },
    { ...STOP, cell, ...stop },
  );
  return cell;
}

vi.setConfig({ testTimeout: 30_000 });
// The page loads it lazily; a test does not measure that.
beforeAll(() => import("./DebugPanel"), 60_000);
beforeEach(() => {
  usePrefs.getState().set({ language: "en" });
  host.sent.length = 0;
  host.variables = { 10: [variable("self", "<S>", 11), variable("size", "1")], 11: [variable("params", "…")], 30: [variable("outer", "7")] };
  gone.mockClear();
  writeRunDraft("doc", { ...DEFAULT_DRAFT, symbols: ["600519.SH", "000001.SZ"], start: "2020-01-01", end: "2024-12-31" });
});

test("starting sends where to stop, then the code with one stock and the last year", async () => {
  await opened();
  act(() => editor.onToggle(5));
  await userEvent.click(screen.getByRole("button", { name: "Debug strategy" }));
  expect(host.sent.map(({ type }) => type).slice(0, 2)).toEqual(["breakpoints", "debug_strategy"]);
  expect(asked("breakpoints")[0]?.breakpoints).toEqual([{ path: "strategy.py", line: 5, condition: null, hits: null, log: null }]);
  expect(asked("debug_strategy")[0]).toMatchObject({ code: CODE, class_name: "S", symbols: ["600519.SH"], start: "2024-01-02", end: "2024-12-31" });
  expect(screen.getByText("Starting…")).toBeTruthy();
});

test("a stop shows its reason, line, values, variables that open, and the stack; the keys go on", async () => {
  await stoppedAt();
  expect(screen.getByRole("status").textContent).toContain("Stopped at a breakpoint");
  expect(editor.current).toMatchObject({ line: 5, top: true });
  expect(await screen.findByText("size")).toBeTruthy();
  expect([...editor.values]).toContainEqual([5, "self = <S>, size = 1"]);
  await userEvent.click(screen.getByRole("button", { name: "Expand self" }));
  expect(await screen.findByText("params")).toBeTruthy();

  const key = (name: string, shiftKey = false) => {
    const event = new KeyboardEvent("keydown", { key: name, shiftKey, cancelable: true });
    act(() => void window.dispatchEvent(event));
    return event.defaultPrevented;
  };
  expect(["F5", "F10", "F11"].map((name) => key(name))).toEqual([true, true, true]);
  expect([key("F11", true), key("F5", true), key("F6")]).toEqual([true, true, false]);
  expect(asked("step").map(({ how }) => how)).toEqual(["continue", "over", "in", "out", "stop"]);
});

test("the keys are the browser's while nothing is stopped", async () => {
  await opened();
  const event = new KeyboardEvent("keydown", { key: "F5", cancelable: true });
  window.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
  expect(asked("step")).toEqual([]);
});

test("another frame shows its own variables and evaluates there; library frames are folded", async () => {
  await stoppedAt();
  await userEvent.type(screen.getByRole("textbox", { name: /Add an expression/ }), "1 + 1{Enter}");
  expect(await screen.findByText("1 + 1 in 1")).toBeTruthy();
  expect(screen.queryByText("_next")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "1 frame of a library" }));
  expect(screen.getByText("_next")).toBeTruthy();

  await userEvent.click(screen.getByRole("button", { name: /<module>/ }));
  expect(gone).toHaveBeenLastCalledWith(2, "strategy.py");
  expect(await screen.findByText("outer")).toBeTruthy();
  expect(await screen.findByText("1 + 1 in 3")).toBeTruthy();
  expect(editor.current).toMatchObject({ line: 2, top: false });
});

test("a long container is read a page at a time", async () => {
  host.variables[11] = Array.from({ length: 130 }, (_, at) => variable(`[${at}]`, String(at)));
  await stoppedAt();
  await userEvent.click(await screen.findByRole("button", { name: "Expand self" }));
  expect(await screen.findByText("[99]")).toBeTruthy();
  expect(screen.queryByText("[100]")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show 100 more" }));
  expect(await screen.findByText("[129]")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /^Show/ })).toBeNull();
});

test("a breakpoint set while it is stopped is told at once, switched off no longer, and greyed where it cannot stop", async () => {
  await stoppedAt();
  act(() => editor.onToggle(4));
  expect(asked("breakpoints").at(-1)?.breakpoints).toMatchObject([{ line: 4 }]);
  tell({ type: "breakpoints_set", number: 6, breakpoints: [{ path: "strategy.py", line: 4, verified: false, message: "no code" }] });
  expect(editor.breakpoints).toMatchObject([{ line: 4, state: "unverified" }]);
  expect(editor.breakpoints[0]?.hint).toContain("no code");
  await userEvent.click(screen.getByRole("checkbox", { name: "Enable strategy.py line 4" }));
  expect(asked("breakpoints").at(-1)?.breakpoints).toEqual([]);
  expect(editor.breakpoints).toMatchObject([{ line: 4, state: "off" }]);
});

test("an end by an error says which, and the start is offered again", async () => {
  const cell = await stoppedAt();
  tell(
    { type: "continued", number: 6, cell },
    { type: "error", number: 7, cell, name: "ZeroDivisionError", message: "division by zero", traceback: "", frames: [] },
    { type: "done", number: 8, cell, status: "error", seconds: 1 },
  );
  expect(screen.getByRole("alert").textContent).toBe("ZeroDivisionError: division by zero");
  expect(editor.current).toBeNull();
  expect(within(screen.getByRole("toolbar")).getByRole("button", { name: "Debug strategy" })).toBeTruthy();
});

test("a kernel that dies is said in its words", async () => {
  await stoppedAt();
  tell({ type: "status", number: 6, state: "dead", why_zh: "内存用尽", why_en: "Out of memory at 2 GB" });
  expect(screen.getByText("The kernel has ended, and the debugging with it")).toBeTruthy();
  expect(screen.getByText("Out of memory at 2 GB")).toBeTruthy();
});

test("the cell at the cursor is debugged with its place in the file", async () => {
  await opened();
  act(() => editor.onCursor(4));
  await userEvent.click(screen.getByRole("button", { name: "Debug cell" }));
  expect(asked("execute")[0]).toMatchObject({ code: CODE, line: 1, path: "strategy.py", debug: true });
});

test("dates that are typed are those it starts with", async () => {
  await opened();
  for (const [name, day] of [
    ["From", "2020-02-03"],
    ["To", "2020-06-30"],
  ] as const) {
    const field = screen.getByLabelText(name);
    await userEvent.clear(field);
    await userEvent.type(field, `${day}{Enter}`);
  }
  await userEvent.click(screen.getByRole("button", { name: "Debug strategy" }));
  expect(asked("debug_strategy")[0]).toMatchObject({ start: "2020-02-03", end: "2020-06-30" });
});
