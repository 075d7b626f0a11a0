import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { App } from "antd";
import { useMemo } from "react";
import { beforeEach, expect, test, vi } from "vitest";

import { usePrefs } from "@/app/prefs";
import { DEFAULT_DRAFT, type BacktestDraft, type Parameter } from "@/features/backtests/logic/form";
import { runQuick, type QuickReport, type QuickRun } from "@/features/backtests/mini/api";
import { brief } from "@/features/backtests/mini/sample";

import { inspectionQuery } from "../../api";
import { useIdeLayout } from "../ide/layout";
import { useQuickChoice } from "./store";
import { useQuick } from "./useQuick";

vi.mock("@/features/backtests/mini/api");
// jsdom has no canvas.
vi.mock("@/ui/chart", () => ({ Chart: () => null, dateAxis: () => ({}), valueAxis: () => ({}) }));

const CODE = "class A(Strategy):\n    fast = 10\n";
const FAST: Parameter = { name: "fast", type: "int", default: 10, line: 2, minimum: null, maximum: null, choices: null, help: null };
const DRAFT: BacktestDraft = { ...DEFAULT_DRAFT, symbols: ["600001.DEMO"], start: "2020-01-01", end: "2020-12-31" };
const SOUND = { class_name: "A", errors: [], parameters: [FAST] };
const WRONG = { class_name: null, errors: [{ type: "SyntaxError", message: "invalid syntax", line: 1, source_line: null, traceback: [] }], parameters: [] };

interface Run {
  body: QuickRun;
  signal: AbortSignal;
  answer: (report: QuickReport) => void;
}
let runs: Run[];

beforeEach(() => {
  usePrefs.getState().set({ language: "zh" });
  useIdeLayout.getState().showDock(null);
  useQuickChoice.getState().setAuto(false);
  runs = [];
  vi.mocked(runQuick).mockImplementation(
    (body, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
        runs.push({ body, signal, answer: resolve });
      }),
  );
});

function Page({ code = CODE, draft = DRAFT, onGoTo = () => undefined }: { code?: string; draft?: BacktestDraft; onGoTo?: (line: number, file?: string) => void }) {
  const project = useMemo(() => ({ code, files: [] }), [code]);
  const entry = useQuick({ project, draft, parameters: [FAST], onGoTo });
  return <>{entry.content}</>;
}

function open(inspections: [string, object][] = []) {
  const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  for (const [code, inspection] of inspections) client.setQueryData(inspectionQuery(code).queryKey, inspection as never);
  const page = (props: Parameters<typeof Page>[0]) => (
    <QueryClientProvider client={client}>
      <App>
        <Page {...props} />
      </App>
    </QueryClientProvider>
  );
  const { rerender } = render(page({}));
  return (props: Parameters<typeof Page>[0]) => rerender(page(props));
}
const press = () => fireEvent.keyDown(window, { key: "Enter", ctrlKey: true, shiftKey: true });
const answer = (at: number, report: QuickReport) =>
  act(async () => {
    runs[at]?.answer(report);
    await Promise.resolve();
  });

test("one key runs the code as it stands with the form's symbols, dates and parameters, and shows the panel", async () => {
  const again = open();
  again({ draft: { ...DRAFT, params: { fast: "12" } }, code: "class A(Strategy):\n    fast = 11\n" });
  press();
  expect(useIdeLayout.getState().dock).toBe("quick");
  expect(runs[0]?.body).toMatchObject({
    code: "class A(Strategy):\n    fast = 11\n",
    spec: { symbols: ["600001.DEMO"], start: "2020-01-01", end: "2020-12-31", params: { fast: 12 } },
  });
  await answer(0, brief());
  expect(await screen.findByText(/\+12\.34%/)).toBeTruthy();
  expect(screen.getByText(/^用时 0\.\d\d 秒$/)).toBeTruthy();
});

test("the next run says what has changed; while it runs the last report stays, greyed", async () => {
  open();
  press();
  await answer(0, brief());
  await screen.findByText(/\+12\.34%/);
  press();
  expect((await screen.findByRole("region", { name: "快速回测结果" })).getAttribute("aria-busy")).toBe("true");
  await answer(1, brief({ metrics: { total_return: 0.2 } }));
  expect(await screen.findByText("▲ 7.66")).toBeTruthy();
});

test("runs on other dates are not compared", async () => {
  open();
  press();
  await answer(0, brief());
  press();
  await answer(1, brief({ start: "2019-01-01", metrics: { total_return: 0.2 } }));
  expect(await screen.findByText(/\+20\.00%/)).toBeTruthy();
  expect(screen.queryByText("▲ 7.66")).toBeNull();
});

test("a newer run ends the older, and cancel ends it", async () => {
  open();
  press();
  press();
  expect(runs[0]?.signal.aborted).toBe(true);
  fireEvent.click(await screen.findByRole("button", { name: "取消" }));
  expect(runs[1]?.signal.aborted).toBe(true);
  expect(await screen.findByRole("button", { name: "运行" })).toBeTruthy();
});

test("an error of the code leads to its line", async () => {
  const onGoTo = vi.fn();
  const again = open();
  again({ onGoTo });
  press();
  await answer(0, { status: "failed", error: { type: "NameError", message: "x", line: 2, source_line: null, traceback: [] }, logs: [], seconds: {} });
  fireEvent.click(await screen.findByRole("button", { name: /2/ }));
  expect(onGoTo).toHaveBeenCalledWith(2);
});

test("a form that cannot be run says what is missing, and nothing is sent", async () => {
  const again = open();
  again({ draft: { ...DRAFT, symbols: [] } });
  press();
  expect(await screen.findByText(/^回测设置：/)).toBeTruthy();
  expect(runs).toEqual([]);
});

test("with the switch on a pause in typing runs code without syntax errors, and only that", async () => {
  useQuickChoice.getState().setAuto(true);
  useIdeLayout.getState().showDock("quick");
  const again = open([
    [CODE, SOUND],
    ["class A(", WRONG],
    [`${CODE}# more`, SOUND],
  ]);
  await waitFor(() => expect(runs).toHaveLength(1), { timeout: 3000 });
  again({ code: "class A(" });
  await act(() => new Promise((done) => setTimeout(done, 900)));
  expect(runs).toHaveLength(1);
  again({ code: `${CODE}# more` });
  await waitFor(() => expect(runs).toHaveLength(2), { timeout: 3000 });
  expect(runs[1]?.body.code).toBe(`${CODE}# more`);
  // A parameter that is changed runs it, too.
  again({ code: `${CODE}# more`, draft: { ...DRAFT, params: { fast: "20" } } });
  await waitFor(() => expect(runs).toHaveLength(3), { timeout: 3000 });
}, 15_000);
