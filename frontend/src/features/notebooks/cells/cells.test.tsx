import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import type { Run } from "../logic/outputs";
import { CellHeader, type CellHeaderProps } from "./CellHeader";
import { CellOutput } from "./CellOutput";

const nothing = () => undefined;
const header = (props: Partial<CellHeaderProps>) => (
  <CellHeader
    kind="code" title="load" active={false} status={null} count={null} seconds={null} drawn
    onRun={nothing} onRunAbove={null} onRunBelow={nothing} onStop={nothing} onDraw={nothing} onDebug={nothing}
    {...props}
  />
);

test("a cell that runs can be stopped and not be run", async () => {
  const stop = vi.fn();
  render(header({ status: "running", count: 3, onStop: stop }));
  expect(screen.queryByRole("button", { name: "运行单元格" })).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "中断" }));
  expect(stop).toHaveBeenCalledOnce();
  expect(screen.getByRole("status").textContent).toContain("In [3]");
});

test("a cell that was edited since says so, with the time it had taken", () => {
  render(header({ status: "stale", count: 3, seconds: 1.234 }));
  const status = screen.getByRole("status").textContent;
  expect(status).toContain("已修改");
  expect(status).toContain("1.23 秒");
});

test("there is nothing to run above the first cell, and nothing at all in Markdown", () => {
  const { rerender } = render(header({}));
  expect(screen.getByRole<HTMLButtonElement>("button", { name: "运行上方所有单元格" }).disabled).toBe(true);
  rerender(header({ kind: "markdown" }));
  expect(screen.queryByRole("button", { name: "运行单元格" })).toBeNull();
  expect(screen.getByRole("button", { name: "隐藏排版后的文字" })).toBeTruthy();
});

test("an output can be folded and opened again, and a question in it be answered", async () => {
  const run: Run = {
    cell: "a", code: "x", line: 2, count: 1, status: "running", seconds: null, clearing: false,
    outputs: [{ type: "stream", number: 1, cell: "a", name: "stdout", text: "hello" }],
    asked: { prompt: "Name?", password: false },
  };
  const answer = vi.fn();
  render(<CellOutput run={run} runs={[run]} stale={false} why={null} onGoTo={nothing} onAnswer={answer} />);
  await userEvent.click(screen.getByRole("button", { name: "收起输出" }));
  expect(screen.queryByText("hello")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "1 项输出已收起" }));
  expect(screen.getByText("hello")).toBeTruthy();
  await userEvent.type(screen.getByRole("textbox"), "me{Enter}");
  expect(answer).toHaveBeenCalledWith("me");
});
