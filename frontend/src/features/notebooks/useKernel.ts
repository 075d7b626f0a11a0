import { useCallback, useEffect, useRef, useState } from "react";

import { MAIN } from "./debug/logic/breakpoints";
import { asked as askedFor, debugHeard, NO_DEBUG, type DebugState } from "./debug/logic/session";
import { KernelSocket, type LineState } from "./kernelSocket";
import { EMPTY, heard, type KernelReply, type KernelRequest, type Usage, type Window } from "./logic/outputs";

const ANSWER_MS = 6_000;
/** An expression of the person's own may take its time. */
const EVALUATE_MS = 12_000;
type Unnumbered<Request> = Request extends { request: number } ? Omit<Request, "request"> : never;
export type Asking = Unnumbered<KernelRequest>;
export type Answer = Extract<KernelReply, { request: number }>;

export interface Kernel {
  document: string;
  window: Window;
  debug: DebugState;
  line: LineState;
  usage: Usage | null;
  refused: string | null;
  send: (request: KernelRequest) => void;
  /** `line` is where the code begins in the file of the path, 0 when it is not from there. */
  run: (code: string, line: number, path?: string) => void;
  /** Ask what is answered once; null when no answer comes. */
  ask: (asking: Asking) => Promise<Answer | null>;
}

/** The kernel of a document while `on`; it is started by the first code that is run. */
export function useKernel(document: string, on: boolean): Kernel {
  const [window, setWindow] = useState<Window>(EMPTY);
  const [debug, setDebug] = useState<DebugState>(NO_DEBUG);
  const [line, setLine] = useState<LineState>("idle");
  const [usage, setUsage] = useState<Usage | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const socket = useRef<KernelSocket | null>(null);
  const last = useRef(0);
  const asked = useRef(new Map<number, (answer: Answer | null) => void>());
  const counter = useRef(0);
  /** Asked for before the line was there: running code opens it. */
  const early = useRef<KernelRequest[]>([]);

  useEffect(() => {
    if (!on) return undefined;
    const opened = new KernelSocket(document, {
      last: () => last.current,
      onState: setLine,
      onReply: (reply) => {
        if (reply.type === "usage") setUsage(reply);
        else if ("request" in reply) asked.current.get(reply.request)?.(reply);
        else {
          if (reply.type === "refused") setRefused(reply.message);
          if (reply.type === "resumed") last.current = reply.reset ? 0 : last.current;
          else if ("number" in reply && reply.number > 0) last.current = reply.number;
          if (reply.type === "status" && reply.state !== "idle" && reply.state !== "busy") setUsage(null);
          setWindow((before) => heard(before, reply));
          setDebug((before) => debugHeard(before, reply));
        }
      },
    });
    socket.current = opened;
    for (const request of early.current.splice(0)) opened.send(request);
    return () => {
      socket.current = null;
      opened.close();
    };
  }, [document, on]);

  const send = useCallback((request: KernelRequest) => {
    if (request.type === "debug_strategy" || (request.type === "execute" && request.debug)) {
      setRefused(null);
      setDebug((before) => askedFor(before, request.cell));
    }
    if (socket.current !== null) socket.current.send(request);
    else if (request.type === "execute" || request.type === "debug_strategy" || request.type === "breakpoints") early.current.push(request);
  }, []);
  const run = useCallback(
    (code: string, from: number, path = MAIN) => {
      setRefused(null);
      if (code.trim() !== "") send({ type: "execute", cell: `c${crypto.randomUUID()}`, code, line: from, path, debug: false });
    },
    [send],
  );
  const ask = useCallback(
    (asking: Asking) =>
      new Promise<Answer | null>((resolve) => {
        const request = (counter.current += 1);
        const settle = (answer: Answer | null) => {
          clearTimeout(timer);
          asked.current.delete(request);
          resolve(answer);
        };
        const timer = setTimeout(() => settle(null), asking.type === "evaluate" || asking.type === "set_variable" ? EVALUATE_MS : ANSWER_MS);
        asked.current.set(request, settle);
        send({ ...asking, request });
      }),
    [send],
  );
  return { document, window, debug, line, usage, refused, send, run, ask };
}
