/** The event socket: topics in, typed events out, resumed after a break from the last event that was seen. */
import type { components } from "./schema.gen";

type ServerMessage = components["schemas"]["ServerMessageModel"];
type ClientMessage = components["schemas"]["ClientMessageModel"];
/** Whatever may happen on a topic; tell them apart by `type`. */
export type TopicEvent = components["schemas"]["EventMessage"]["event"];
export type TopicHandler = (event: TopicEvent, id: string) => void;
export type SocketStatus = "idle" | "connecting" | "open" | "waiting";

export interface SocketOptions {
  /** Give the address with a fresh one-use ticket. */
  address: () => Promise<string>;
  open?: (address: string) => WebSocket;
  /** 0..1; spreads the reconnects of many pages. */
  random?: () => number;
  onStatus?: (status: SocketStatus) => void;
  onError?: (code: string, message: string) => void;
}

const PING_EVERY_MS = 20_000;
/** No word from the server for this long: the line is dead, even if TCP has not noticed. */
const SILENCE_MS = 45_000;
const BACKOFF_MS = { first: 500, most: 15_000 };

interface Topic {
  handlers: Set<TopicHandler>;
  lastId: string | null;
}

export class TopicSocket {
  private readonly topics = new Map<string, Topic>();
  private socket: WebSocket | null = null;
  /** Grows with each connection, so that the late callbacks of an old one are told apart. */
  private generation = 0;
  private failures = 0;
  private heardAt = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private status: SocketStatus = "idle";

  constructor(private readonly options: SocketOptions) {}

  /** Call the handler for every event of the topic; connects when needed.
   *
   * @returns a function that ends it.
   */
  subscribe(name: string, handler: TopicHandler): () => void {
    let topic = this.topics.get(name);
    if (topic === undefined) {
      topic = { handlers: new Set(), lastId: null };
      this.topics.set(name, topic);
      if (this.status === "open") this.send({ type: "subscribe", topics: [name], last_event_id: null });
    }
    topic.handlers.add(handler);
    if (this.status === "idle") void this.connect();
    return () => this.unsubscribe(name, handler);
  }

  /** Try at once instead of waiting, e.g. when the browser is online again. */
  retryNow(): void {
    if (this.status === "waiting") void this.connect();
  }

  /** Close and forget every topic. */
  close(): void {
    this.topics.clear();
    this.disconnect();
    this.failures = 0;
    this.setStatus("idle");
  }

  private unsubscribe(name: string, handler: TopicHandler): void {
    const topic = this.topics.get(name);
    if (topic === undefined || !topic.handlers.delete(handler) || topic.handlers.size > 0) return;
    this.topics.delete(name);
    if (this.status === "open") this.send({ type: "unsubscribe", topics: [name] });
  }

  private async connect(): Promise<void> {
    this.disconnect();
    const generation = this.generation;
    this.setStatus("connecting");
    let address: string;
    try {
      address = await this.options.address();
    } catch {
      if (generation === this.generation) this.waitAndRetry();
      return;
    }
    if (generation !== this.generation) return;
    const socket = this.options.open?.(address) ?? new WebSocket(address);
    this.socket = socket;
    socket.onopen = () => generation === this.generation && this.opened();
    socket.onmessage = ({ data }) => generation === this.generation && this.heard(String(data));
    socket.onclose = () => generation === this.generation && this.waitAndRetry();
  }

  private opened(): void {
    this.failures = 0;
    this.heardAt = Date.now();
    this.setStatus("open");
    for (const [lastId, names] of this.byLastId()) {
      this.send({ type: "subscribe", topics: names, last_event_id: lastId });
    }
    this.pingTimer = setInterval(() => {
      if (Date.now() - this.heardAt > SILENCE_MS) this.waitAndRetry();
      else this.send({ type: "ping" });
    }, PING_EVERY_MS);
  }

  /** Event ids belong to their topic's stream, so each resumes from its own. */
  private byLastId(): Map<string | null, string[]> {
    const groups = new Map<string | null, string[]>();
    for (const [name, { lastId }] of this.topics) {
      const names = groups.get(lastId);
      if (names === undefined) groups.set(lastId, [name]);
      else names.push(name);
    }
    return groups;
  }

  private heard(data: string): void {
    this.heardAt = Date.now();
    let message: ServerMessage;
    try {
      message = JSON.parse(data) as ServerMessage;
    } catch {
      return;
    }
    if (message.type === "error") this.options.onError?.(message.code, message.message);
    if (message.type !== "event") return;
    const topic = this.topics.get(message.topic);
    // A resume may overlap with what was delivered just before the break.
    if (topic === undefined || topic.lastId === message.id) return;
    topic.lastId = message.id;
    for (const handler of [...topic.handlers]) handler(message.event, message.id);
  }

  private waitAndRetry(): void {
    this.disconnect();
    const delay = Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** this.failures);
    this.failures += 1;
    this.setStatus("waiting");
    const random = this.options.random ?? Math.random;
    this.retryTimer = setTimeout(() => void this.connect(), delay * (0.5 + random() / 2));
  }

  private disconnect(): void {
    this.generation += 1;
    clearTimeout(this.retryTimer);
    clearInterval(this.pingTimer);
    this.socket?.close();
    this.socket = null;
  }

  private send(message: ClientMessage): void {
    this.socket?.send(JSON.stringify(message));
  }

  private setStatus(status: SocketStatus): void {
    this.status = status;
    this.options.onStatus?.(status);
  }
}
