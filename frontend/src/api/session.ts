import { create } from "zustand";

import { errorOf, networkError } from "./errors";
import type { components } from "./schema.gen";

export type TokenGrant = components["schemas"]["TokenGrant"];
export type User = components["schemas"]["User"];
export type Role = User["role"];

/** `unknown` until the refresh cookie has been tried once after the page loaded. */
export type SessionStatus = "unknown" | "signed-in" | "signed-out";
/** Why a session that was there is over: by the reader, by too long without a touch, or ended elsewhere. */
export type EndReason = "signed-out" | "idle" | "ended";

interface SessionState {
  status: SessionStatus;
  /** Who is signed in. */
  user: User | null;
  /** Null when there was no session to end. */
  endReason: EndReason | null;
  /** After so long without a touch the session ends, here and on the server. */
  idleMinutes: number;
}

/** Whether somebody is signed in. The access token itself stays out of the store and out of any storage. */
export const useSession = create<SessionState>()(() => ({ status: "unknown", user: null, endReason: null, idleMinutes: 30 }));

const RANK: Record<Role, number> = { viewer: 0, trader: 1, admin: 2 };

/** Whether the signed-in reader's role reaches the one asked for. The server decides again. */
export const useMay = (role: Role): boolean => useSession(({ user }) => user !== null && RANK[user.role] >= RANK[role]);

/** Says that this browser was signed in, nothing more: without it a first visit need not ask the server to be refused. */
const HINT = "quantdesk.signed-in";

function remember(signedIn: boolean): void {
  try {
    if (signedIn) localStorage.setItem(HINT, "1");
    else localStorage.removeItem(HINT);
  } catch {
    // Without storage the server is asked each time.
  }
}

function mayHaveSession(): boolean {
  try {
    return localStorage.getItem(HINT) !== null;
  } catch {
    return true;
  }
}

let accessToken: string | null = null;
let refreshing: Promise<boolean> | null = null;

export function currentToken(): string | null {
  return accessToken;
}

/** Keep the access token of a sign-in or a refresh, in memory only. */
export function signedIn({ access_token, user, idle_minutes }: TokenGrant): void {
  accessToken = access_token;
  remember(true);
  useSession.setState({ status: "signed-in", user, endReason: null, idleMinutes: idle_minutes });
}

/** Forget the token; the shell then shows the sign-in page, which gives the reason. */
export function signedOut(reason: EndReason = "ended"): void {
  accessToken = null;
  remember(false);
  const { status } = useSession.getState();
  // The first reason holds: what follows (requests refused after an idle end) only repeats it.
  if (status === "signed-out") return;
  useSession.setState({ status: "signed-out", user: null, endReason: status === "signed-in" ? reason : null });
}

async function requestToken(): Promise<boolean> {
  let response: Response;
  try {
    response = await fetch("/api/v1/auth/refresh", { method: "POST", credentials: "same-origin" });
  } catch (cause) {
    throw networkError(cause);
  }
  if (response.status === 401 || response.status === 403) {
    signedOut();
    return false;
  }
  if (!response.ok) throw await errorOf(response);
  signedIn((await response.json()) as TokenGrant);
  return true;
}

/** Trade the HttpOnly refresh cookie for a new access token.
 *
 * The cookie rotates and its reuse ends the session, so callers at the same time share one request: within a page by
 * this promise, between the tabs of a browser by a lock.
 *
 * @returns false when the session is over; throws ApiError when the server could not answer.
 */
export function refreshSession(): Promise<boolean> {
  refreshing ??= withTabLock(requestToken).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** After the page loaded: take up the session of this browser, where it can have one. Throws as `refreshSession` does. */
export async function resumeSession(): Promise<void> {
  if (useSession.getState().status !== "unknown") return;
  if (mayHaveSession()) await refreshSession();
  else signedOut();
}

async function withTabLock(action: () => Promise<boolean>): Promise<boolean> {
  // Web Locks need a secure context; over plain http on a LAN the server's grace for a just-rotated cookie must do.
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? action() : locks.request("quantdesk.refresh", action);
}
