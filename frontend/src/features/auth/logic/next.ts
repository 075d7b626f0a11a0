/** Give where to go after sign-in: a path of this page, never another site. */
export function safeNext(wanted: string | null): string {
  if (wanted === null || !wanted.startsWith("/") || wanted.startsWith("//")) return "/";
  const url = new URL(wanted, "http://page.invalid");
  // A backslash or a control character may turn a path into a host.
  if (url.host !== "page.invalid" || /^\/(sign-in|setup)\b/.test(url.pathname)) return "/";
  return url.pathname + url.search + url.hash;
}

/** Give the one-time token of a set-up link; `up` prints it in the fragment, which browsers send to nobody. */
export function setupToken({ hash, search }: Pick<Location, "hash" | "search">): string | null {
  const token = new URLSearchParams(hash.slice(1)).get("token") ?? new URLSearchParams(search).get("token");
  return token === null || token.trim() === "" ? null : token.trim();
}
