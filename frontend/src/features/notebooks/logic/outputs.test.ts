import { expect, test } from "vitest";

import { EMPTY, heard, lineOf, type KernelReply, type Window } from "./outputs";

const queued = (cell: string, number: number): KernelReply => ({ type: "queued", number, cell, code: cell, line: 5 });
const started = (cell: string, number: number, count: number): KernelReply => ({ type: "started", number, cell, code: cell, line: 5, count });
const printed = (cell: string, number: number, text: string): KernelReply => ({ type: "stream", number, cell, name: "stdout", text });
const all = (replies: KernelReply[], from: Window = EMPTY) => replies.reduce(heard, from);
const texts = (window: Window) => window.runs.map(({ outputs }) => outputs.map((one) => (one.type === "stream" ? one.text : one.type)));

test("a run goes from waiting over running to done, and its prints are joined", () => {
  const window = all([queued("a", 1), started("a", 2, 1), printed("a", 3, "x"), printed("a", 4, "y\n"), { type: "done", number: 5, cell: "a", status: "ok", seconds: 0.5 }]);
  expect(texts(window)).toEqual([["xy\n"]]);
  expect(window.runs[0]).toMatchObject({ status: "ok", count: 1, seconds: 0.5 });
  expect(window.last).toBe(5);
});

test("a carriage return begins the line anew", () => {
  expect(texts(all([started("a", 1, 1), printed("a", 2, "10%\r"), printed("a", 3, "20%\rdone\nnext")]))).toEqual([["done\nnext"]]);
});

test("clear_output with wait keeps what is there until the next output", () => {
  const before = all([started("a", 1, 1), printed("a", 2, "old"), { type: "cleared", number: 3, cell: "a", wait: true }]);
  expect(texts(before)).toEqual([["old"]]);
  expect(texts(heard(before, printed("a", 4, "new")))).toEqual([["new"]]);
});

test("a display is replaced where it stands", () => {
  const show = (number: number, text: string, update: boolean): KernelReply => ({
    type: "output", number, cell: "a", kind: "display", data: { "text/plain": text }, display: "d", update,
  });
  const window = all([started("a", 1, 1), show(2, "one", false), printed("a", 3, "x"), show(4, "two", true)]);
  expect(window.runs[0]?.outputs.map((one) => (one.type === "output" ? one.data["text/plain"] : one.type))).toEqual(["two", "stream"]);
});

test("a resume with reset begins anew, without reset goes on", () => {
  const before = all([started("a", 1, 1), printed("a", 2, "x")]);
  expect(heard(before, { type: "resumed", reset: false, last: 2 })).toEqual(before);
  expect(heard(before, { type: "resumed", reset: true, last: 9 }).runs).toEqual([]);
});

test("cleared outputs leave what runs or waits", () => {
  const window = all([started("a", 1, 1), { type: "done", number: 2, cell: "a", status: "ok", seconds: 1 }, queued("b", 3), { type: "outputs_cleared", number: 4 }]);
  expect(window.runs.map(({ cell }) => cell)).toEqual(["b"]);
});

test("a frame of an error leads to the line of the document", () => {
  const { runs } = all([started("a", 1, 7)]);
  expect(lineOf(runs, { count: 7, line: 3 })).toBe(7);
  expect(lineOf(runs, { count: 8, line: 3 })).toBeNull();
});
