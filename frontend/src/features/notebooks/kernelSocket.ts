import { authorisedFetch } from "@/api/client";
import { errorOf } from "@/api/errors";
import type { components } from "@/api/schema.gen";

import type { KernelReply, KernelRequest } from "./logic/outputs";

export type LineState = "idle" | "connecting" | "open" | "waiting" | "noHost";

const BACKOFF_MS = { first: 300, most: 10_000 };
const NO_HOST = 4410;

async function addressOf(document: string): Promise<string> {
  const url = new URL("/api/v1/auth/ws-ticket", window.location.origin);
  const response = await authorisedFetch(new Request(url, { method: "POST" }));
  if (!response.ok) throw await errorOf(response);
  const { ticket } = (await response.json()) as components["schemas"]["WsTicket"];
  const address = new URL(`/api/v1/kernels/${encodeURIComponent(document)}/ws`, window.location.origin);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("ticket", ticket);
  return address.href;
}

export interface KernelSocketOptions {
  /** Number of the last message that was seen. */
  last: () => number;
  onReply: (reply: KernelReply) => void;
  onState: (state: LineState) => void;
  address?: (document: string) => Promise<string>;
  open?: (address: string) => WebSocket;
}

/** The line to a document's kernel: comes back by itself, resumes after what was seen, keeps what is to be sent. */
export class KernelSocket {
  private socket: WebSocket | null = null;
  private waiting: KernelRequest[] = [];
  /** Sent, but the kernel's host has not said that it has them: they go again when the line is back. */
  private readonly unconfirmed = new Map<string, KernelRequest>();
  /** Where to stop: told again on each line, since the host may have lost it. */
  private breakpoints: KernelRequest | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(
    private readonly document: string,
    private readonly options: KernelSocketOptions,
  ) {
    void this.connect();
    globalThis.addEventListener("online", this.now);
  }

  /** Send a request; one that cannot be sent now goes when the line is back. */
  send(request: KernelRequest): void {
    if (request.type === "execute" || request.type === "debug_strategy") this.unconfirmed.set(request.cell, request);
    if (request.type === "breakpoints") this.breakpoints = request;
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(request));
    else if (request.type === "answer" || request.type === "start") this.waiting.push(request);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    globalThis.removeEventListener("online", this.now);
    this.socket?.close();
  }

  private readonly now = (): void => {
    if (this.socket !== null || this.closed) return;
    clearTimeout(this.timer);
    void this.connect();
  };

  private async connect(): Promise<void> {
    this.options.onState("connecting");
    let address: string;
    try {
      address = await (this.options.address ?? addressOf)(this.document);
    } catch {
      this.again(false);
      return;
    }
    if (this.closed) return;
    const socket = this.options.open?.(address) ?? new WebSocket(address);
    this.socket = socket;
    socket.onopen = () => {
      this.failures = 0;
      socket.send(JSON.stringify({ type: "resume", after: this.options.last() }));
      this.options.onState("open");
      const first = this.breakpoints === null ? [] : [this.breakpoints];
      for (const request of [...first, ...this.waiting.splice(0), ...this.unconfirmed.values()]) socket.send(JSON.stringify(request));
    };
    socket.onmessage = ({ data }) => {
      const reply = JSON.parse(String(data)) as KernelReply;
      if (reply.type === "queued") this.unconfirmed.delete(reply.cell);
      if (reply.type === "refused") this.unconfirmed.clear();
      this.options.onReply(reply);
    };
    socket.onclose = ({ code }) => {
      this.socket = null;
      this.again(code === NO_HOST);
    };
  }

  private again(noHost: boolean): void {
    if (this.closed) return;
    this.options.onState(noHost ? "noHost" : "waiting");
    this.timer = setTimeout(() => void this.connect(), Math.min(BACKOFF_MS.first * 2 ** this.failures, BACKOFF_MS.most));
    this.failures += 1;
  }
}
