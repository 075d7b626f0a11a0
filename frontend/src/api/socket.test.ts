import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { TopicSocket, type SocketStatus } from "./socket";

/** The browser's side of a socket that a test plays the server of. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    const last = FakeSocket.all.at(-1);
    if (last === undefined) throw new Error("no socket was opened");
    return last;
  }
  readonly sent: Record<string, unknown>[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(readonly address: string) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  says(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  event(topic: string, id: string, n = 0): void {
    this.says({ type: "event", topic, id, event: { type: "job.log", job_id: String(n), lines: [] } });
  }
}

let tickets = 0;
let statuses: SocketStatus[] = [];

function makeSocket(address = () => Promise.resolve(`ws://test/?ticket=${(tickets += 1)}`)): TopicSocket {
  return new TopicSocket({
    address,
    open: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 1,
    onStatus: (status) => statuses.push(status),
  });
}

/** Let the ticket's promise settle, then open. */
async function opened(): Promise<FakeSocket> {
  await vi.advanceTimersByTimeAsync(0);
  FakeSocket.last.onopen?.();
  return FakeSocket.last;
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  tickets = 0;
  statuses = [];
});
afterEach(() => vi.useRealTimers());

test("nothing is opened before the first topic is wanted", async () => {
  makeSocket();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all).toHaveLength(0);
});

test("after a break each topic resumes from its own last event, with a fresh ticket", async () => {
  const socket = makeSocket();
  socket.subscribe("jobs", () => undefined);
  socket.subscribe("job.1", () => undefined);
  socket.subscribe("quiet", () => undefined);
  const first = await opened();
  expect(first.sent).toEqual([{ type: "subscribe", topics: ["jobs", "job.1", "quiet"], last_event_id: null }]);
  first.event("jobs", "7-0");
  first.event("job.1", "9-0");
  first.onclose?.();

  await vi.advanceTimersByTimeAsync(500);
  const second = await opened();
  expect(second.address).toBe("ws://test/?ticket=2");
  expect(second.sent).toEqual([
    { type: "subscribe", topics: ["jobs"], last_event_id: "7-0" },
    { type: "subscribe", topics: ["job.1"], last_event_id: "9-0" },
    { type: "subscribe", topics: ["quiet"], last_event_id: null },
  ]);
});

test("an event that the resume repeats is delivered once", async () => {
  const seen: unknown[] = [];
  const socket = makeSocket();
  socket.subscribe("jobs", (event) => seen.push(event));
  (await opened()).event("jobs", "7-0", 1);
  FakeSocket.last.onclose?.();
  await vi.advanceTimersByTimeAsync(500);
  const second = await opened();
  second.event("jobs", "7-0", 1);
  second.event("jobs", "8-0", 2);
  expect(seen).toMatchObject([{ job_id: "1" }, { job_id: "2" }]);
});

test("waits longer after each failure, up to 15 seconds, and starts over after a success", async () => {
  const refused = vi.fn(() => Promise.reject(new Error("no ticket")));
  makeSocket(refused).subscribe("jobs", () => undefined);
  await vi.advanceTimersByTimeAsync(0);
  for (const delay of [500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
    const before = refused.mock.calls.length;
    await vi.advanceTimersByTimeAsync(delay - 1);
    expect(refused.mock.calls.length).toBe(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(refused.mock.calls.length).toBe(before + 1);
  }
});

test("a line that went silent is dropped and opened anew", async () => {
  makeSocket().subscribe("jobs", () => undefined);
  const first = await opened();
  await vi.advanceTimersByTimeAsync(40_000);
  expect(first.sent.filter(({ type }) => type === "ping")).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(first.closed).toBe(true);
  await vi.advanceTimersByTimeAsync(500);
  expect(FakeSocket.all).toHaveLength(2);
});

describe("topics", () => {
  test("two readers share one subscription; the last to leave ends it", async () => {
    const socket = makeSocket();
    const leaveFirst = socket.subscribe("jobs", () => undefined);
    const line = await opened();
    const leaveSecond = socket.subscribe("jobs", () => undefined);
    expect(line.sent).toHaveLength(1);
    leaveFirst();
    expect(line.sent).toHaveLength(1);
    leaveSecond();
    expect(line.sent.at(-1)).toEqual({ type: "unsubscribe", topics: ["jobs"] });
  });

  test("a handler that leaves while an event is delivered disturbs no other", async () => {
    const socket = makeSocket();
    const seen: string[] = [];
    const leave = socket.subscribe("jobs", () => {
      seen.push("first");
      leave();
    });
    socket.subscribe("jobs", () => seen.push("second"));
    (await opened()).event("jobs", "1-0");
    expect(seen).toEqual(["first", "second"]);
  });
});

test("closing ends everything: no reconnect follows, and a late callback of the old line is ignored", async () => {
  const socket = makeSocket();
  socket.subscribe("jobs", () => undefined);
  const line = await opened();
  socket.close();
  line.onclose?.();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all).toHaveLength(1);
  expect(statuses.at(-1)).toBe("idle");
});

test("going online again retries at once", async () => {
  const socket = makeSocket();
  socket.subscribe("jobs", () => undefined);
  (await opened()).onclose?.();
  socket.retryNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeSocket.all).toHaveLength(2);
});
