import { useEffect, useEffectEvent } from "react";
import { create } from "zustand";

import { authorisedFetch } from "./client";
import { errorOf } from "./errors";
import type { components } from "./schema.gen";
import { useSession } from "./session";
import { TopicSocket, type SocketStatus, type TopicEvent } from "./socket";

/** State of the event socket, for the shell. */
export const useSocketStatus = create<{ status: SocketStatus }>()(() => ({ status: "idle" }));

async function addressWithTicket(): Promise<string> {
  const url = new URL("/api/v1/auth/ws-ticket", window.location.origin);
  const response = await authorisedFetch(new Request(url, { method: "POST" }));
  if (!response.ok) throw await errorOf(response);
  const { ticket } = (await response.json()) as components["schemas"]["WsTicket"];
  const address = new URL("/api/v1/ws", window.location.origin);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.searchParams.set("ticket", ticket);
  return address.href;
}

/** The page's one socket. It opens with the first topic and closes when the session ends. */
export const socket = new TopicSocket({
  address: addressWithTicket,
  onStatus: (status) => useSocketStatus.setState({ status }),
});

window.addEventListener("online", () => socket.retryNow());
useSession.subscribe(({ status }) => {
  if (status === "signed-out") socket.close();
});

/** Call the handler for each event of a topic while the component is mounted; null subscribes to nothing. */
export function useTopic(topic: string | null, handler: (event: TopicEvent, id: string) => void): void {
  const onEvent = useEffectEvent(handler);
  useEffect(() => {
    if (topic === null) return undefined;
    return socket.subscribe(topic, (event, id) => onEvent(event, id));
  }, [topic]);
}
