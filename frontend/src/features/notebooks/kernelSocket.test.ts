import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { KernelSocket, type LineState } from "./kernelSocket";
import type { KernelReply } from "./logic/outputs";

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: { type: string; after?: number; cell?: string }[] = [];
  onopen: () => void = () => undefined;
  onmessage: (event: { data: string }) => void = () => undefined;
  onclose: (event: { code: number }) => void = () => undefined;
  constructor() {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text) as { type: string });
  }
  close() {
    this.readyState = 3;
  }
  open() {
    this.readyState = 1;
    this.onopen();
  }
  break(code = 1006) {
    this.readyState = 3;
    this.onclose({ code });
  }
  hear(reply: KernelReply) {
    this.onmessage({ data: JSON.stringify(reply) });
  }
}

const EXECUTE = { type: "execute", code: "1", line: 0, path: "strategy.py", debug: false } as const;
let last = 0;
let states: LineState[] = [];
const make = () =>
  new KernelSocket("doc", {
    last: () => last,
    onReply: () => undefined,
    onState: (state) => states.push(state),
    address: () => Promise.resolve("ws://test"),
    open: () => new FakeSocket() as unknown as WebSocket,
  });

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  last = 0;
  states = [];
});
afterEach(() => vi.useRealTimers());

test("it resumes after what was seen, and what was asked meanwhile goes then", async () => {
  const socket = make();
  await vi.advanceTimersByTimeAsync(0);
  last = 7;
  socket.send({ ...EXECUTE, cell: "a" });
  FakeSocket.all[0]?.open();
  expect(FakeSocket.all[0]?.sent.map(({ type, after }) => [type, after])).toEqual([["resume", 7], ["execute", undefined]]);
  socket.close();
});

test("what the kernel has not said to have goes again after a break, once confirmed no more", async () => {
  const socket = make();
  await vi.advanceTimersByTimeAsync(0);
  const first = FakeSocket.all[0];
  first?.open();
  socket.send({ ...EXECUTE, cell: "a" });
  socket.send({ ...EXECUTE, cell: "b" });
  first?.hear({ type: "queued", number: 1, cell: "a", code: "1", line: 0 });
  first?.break();
  await vi.advanceTimersByTimeAsync(1_000);
  FakeSocket.all[1]?.open();
  expect(FakeSocket.all[1]?.sent.map(({ type, cell }) => cell ?? type)).toEqual(["resume", "b"]);
  expect(states).toContain("waiting");
  socket.close();
});

test("a line that comes back is told where to stop before what is to be debugged", async () => {
  const socket = make();
  await vi.advanceTimersByTimeAsync(0);
  const first = FakeSocket.all[0];
  first?.open();
  socket.send({ type: "breakpoints", breakpoints: [] });
  first?.break();
  socket.send({ ...EXECUTE, cell: "d1", debug: true });
  await vi.advanceTimersByTimeAsync(1_000);
  FakeSocket.all[1]?.open();
  expect(FakeSocket.all[1]?.sent.map(({ type }) => type)).toEqual(["resume", "breakpoints", "execute"]);
  socket.close();
});

test("a missing host is told apart from a broken line", async () => {
  const socket = make();
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.all[0]?.break(4410);
  expect(states.at(-1)).toBe("noHost");
  socket.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});
