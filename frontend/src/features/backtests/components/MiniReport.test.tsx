import { fireEvent, render, screen, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { usePrefs } from "@/app/prefs";

import type { QuickReport } from "../mini/api";
import { brief } from "../mini/sample";
import { MiniReport } from "./MiniReport";

// jsdom has no canvas.
vi.mock("@/ui/chart", () => ({ Chart: ({ count }: { count: number }) => <div data-testid="chart">{count}</div>, dateAxis: () => ({}), valueAxis: () => ({}) }));

beforeEach(() => usePrefs.getState().set({ language: "zh" }));

const figure = (name: string) => within(screen.getByText(name, { selector: "dt" }).parentElement ?? document.body);

test("the main figures come with signs and units, and the curves are drawn", () => {
  render(<MiniReport report={brief()} />);
  expect(figure("总收益").getByText("+12.34%", { exact: false })).toBeTruthy();
  expect(figure("最大回撤").getByText("−8.00%", { exact: false })).toBeTruthy();
  expect(figure("期末权益").getByText("112.34万")).toBeTruthy();
  expect(figure("超额收益").getByText("—")).toBeTruthy();
  expect(screen.getByTestId("chart").textContent).toBe("2");
});

test("an edit's effect is seen: what changed since the run before, and nothing where nothing did", () => {
  const before = brief({ metrics: { total_return: 0.1, sharpe: 1.8 } }).metrics;
  render(<MiniReport report={brief()} before={before} />);
  expect(figure("总收益").getByText("▲ 2.34")).toBeTruthy();
  expect(figure("总收益").getByText("比上次 +2.34 个百分点（上次 +10.00%）")).toBeTruthy();
  expect(figure("夏普比率").getByText("▼ 0.30")).toBeTruthy();
  expect(figure("最大回撤").queryByText(/[▲▼]/)).toBeNull();
});

test("a report that is being replaced is marked as such and stays", () => {
  render(<MiniReport report={brief()} stale />);
  const report = screen.getByRole("region", { name: "快速回测结果" });
  expect(report.getAttribute("aria-busy")).toBe("true");
  expect(figure("总收益").getByText("+12.34%", { exact: false })).toBeTruthy();
});

test("fills and refusals are counted and listed on demand", () => {
  const refusals = [{ rule: "limit_up" as const, count: 3, first: "2020-02-03", message_zh: "涨停买不到", message_en: "limit up" }];
  render(<MiniReport report={brief({ refusals, metrics: { fills: 450, rejections: 3 } })} />);
  expect(screen.getByText("成交 450 笔（显示最后 1 笔）", { selector: "summary" })).toBeTruthy();
  expect(screen.getByText("被拒或被削减 3 次", { selector: "summary" })).toBeTruthy();
  expect(screen.getByText("涨停买不到")).toBeTruthy();
  expect(screen.getByText("1,200")).toBeTruthy();
});

test("a run without fills says what to look at", () => {
  render(<MiniReport report={brief({ fills: [], metrics: { fills: 0 } })} />);
  expect(screen.getByText(/这段时间没有成交/)).toBeTruthy();
});

test("an error of the code leads to its file and line", () => {
  const onGoTo = vi.fn();
  const report: QuickReport = {
    status: "failed",
    error: { type: "ZeroDivisionError", message: "division by zero", line: 9, file: "helpers.py", source_line: "1 / 0", traceback: ["line 9, in f"] },
    logs: [{ level: "info", text: "hello" }],
    seconds: {},
  };
  render(<MiniReport report={report} onGoTo={onGoTo} />);
  expect(screen.getByText("helpers.py")).toBeTruthy();
  expect(screen.getByText("hello")).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: /9/ }));
  expect(onGoTo).toHaveBeenCalledWith(9, "helpers.py");
});

test("a run that was ended says why", () => {
  render(<MiniReport report={{ status: "stopped", reason: "wall_time", message_zh: "30 秒后被停止", message_en: "stopped after 30 s", logs: [], seconds: {} }} />);
  expect(screen.getByText("30 秒后被停止")).toBeTruthy();
});
