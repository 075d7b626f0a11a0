import { fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

import { usePrefs } from "@/app/prefs";

import type { Parameter } from "../logic/form";
import { ParamsForm } from "./ParamsForm";

beforeEach(() => usePrefs.getState().set({ language: "zh" }));

const FAST: Parameter = { name: "fast", type: "int", default: 10, minimum: 2, maximum: 120, choices: null, help: "快线周期", line: 2 };
const OPEN: Parameter = { name: "stop", type: "float", default: 0.08, minimum: null, maximum: null, choices: null, help: null, line: 3 };

function open(parameters: Parameter[], values: Record<string, string | boolean> = {}) {
  const onChange = vi.fn();
  render(<ParamsForm parameters={parameters} values={values} faults={{}} refused={new Map()} onChange={onChange} />);
  return onChange;
}

test("a known range has a slider and is said with the help", () => {
  const onChange = open([FAST], { fast: "20" });
  expect(screen.getByText("快线周期 · 2 到 120 · 默认 10")).toBeTruthy();
  const slider = screen.getByRole("slider", { name: "fast" });
  expect(slider.getAttribute("aria-valuenow")).toBe("20");
  fireEvent.keyDown(slider, { key: "ArrowRight", keyCode: 39 });
  expect(onChange).toHaveBeenCalledWith({ fast: "21" });
});

test("arrow keys step a number, within its range", () => {
  const onChange = open([FAST], { fast: "119" });
  fireEvent.keyDown(screen.getByRole("textbox", { name: "fast" }), { key: "PageUp" });
  expect(onChange).toHaveBeenCalledWith({ fast: "120" });
});

test("without a range there is no slider, but steps", () => {
  const onChange = open([OPEN]);
  expect(screen.queryByRole("slider")).toBeNull();
  fireEvent.keyDown(screen.getByRole("textbox", { name: "stop" }), { key: "ArrowDown" });
  expect(onChange).toHaveBeenCalledWith({ stop: "0.07" });
});
