import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import type { Output } from "../logic/outputs";
import { OutputView } from "./OutputView";

const shown = (data: Record<string, unknown>): Output => ({ type: "output", number: 1, cell: "a", kind: "display", data, display: null, update: false });

test("a table that is none is told, its text is shown, and the page goes on", () => {
  vi.spyOn(console, "error").mockImplementation(() => undefined); // React tells of what was caught
  const bad = shown({ "application/vnd.quantdesk.table+json": { columns: 5 }, "text/plain": "the text" });
  render(
    <>
      <OutputView output={bad} runs={[]} onGoTo={() => undefined} />
      <OutputView output={shown({ "text/plain": "21" })} runs={[]} onGoTo={() => undefined} />
    </>,
  );
  expect(screen.getByText("这项输出无法显示")).toBeTruthy();
  expect(screen.getByText("the text")).toBeTruthy();
  expect(screen.getByText("21")).toBeTruthy();
});

test("an SVG is a picture, in which no script runs", () => {
  render(<OutputView output={shown({ "image/svg+xml": "<svg onload='alert(1)'><script>alert(1)</script></svg>" })} runs={[]} onGoTo={() => undefined} />);
  const picture = screen.getByRole("img");
  expect(picture.tagName).toBe("IMG");
  expect(picture.getAttribute("src")).toMatch(/^data:image\/svg\+xml/);
  expect(document.querySelector("svg, script")).toBeNull();
});
