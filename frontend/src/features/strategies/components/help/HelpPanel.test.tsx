import { fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { beforeEach, expect, test, vi } from "vitest";

import { usePrefs } from "@/app/prefs";

import HelpPanel from "./HelpPanel";

beforeEach(() => usePrefs.getState().set({ language: "zh" }));

const open = (onInsert = vi.fn()) => {
  render(
    <App>
      <HelpPanel onInsert={onInsert} />
    </App>,
  );
  return onInsert;
};
const search = (query: string) => fireEvent.change(screen.getByRole("searchbox"), { target: { value: query } });
/** Open the first entry of a name. */
const entry = async (name: string) => {
  const summary = screen.getAllByText(name, { selector: "summary > code" }).at(0);
  const details = summary?.closest("details");
  if (summary === undefined || details == null) throw new Error(`there is no entry ${name}`);
  fireEvent.click(summary);
  await screen.findByText("例子");
  return within(details);
};

test("a search for a function leads to its signature and its arguments", async () => {
  open();
  search("good_till");
  const shown = await entry("buy");
  expect(shown.getByText(/^self\.buy\(symbol: str/)).toBeTruthy();
  expect(shown.getByText("Highest price to pay.")).toBeTruthy();
  expect(shown.getByText("发出买单；不给数量时买一手。")).toBeTruthy();
  expect(shown.getByText("Send an order to buy. None when the quantity is 0.")).toBeTruthy();
});

test("an example is put where the cursor is", async () => {
  const onInsert = open();
  search("self.macd");
  await userEvent.click((await entry("macd")).getByText("插入到光标处"));
  expect(onInsert).toHaveBeenCalledWith("self.dif, self.dea, self.bars = self.macd(12, 26, 9)\n");
});

test("an example is copied", async () => {
  const user = userEvent.setup();
  open();
  search("on_day");
  await user.click((await entry("on_day")).getByText("复制"));
  expect(await navigator.clipboard.readText()).toContain("def on_day(self):");
});

test("a search without an answer says so", () => {
  open();
  search("qqqq");
  expect(screen.getByText(/没有找到“qqqq”/)).toBeTruthy();
});

test("summaries are English for an English reader", () => {
  usePrefs.getState().set({ language: "en" });
  open();
  expect(screen.getByText("Decide once a day, after the bars of all symbols.")).toBeTruthy();
  expect(screen.getByText("Indicators and timers")).toBeTruthy();
});
