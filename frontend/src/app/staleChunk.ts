/** After an update of the server its old files are gone: a tab that was open before asks for chunks that are not there. */

const KEY = "quantdesk.reloaded-at";
/** A chunk missing again so soon after a reload is missing for another reason. */
const AGAIN_MS = 60_000;

/** How Chromium, Firefox and Safari, and Vite for a style sheet, say that a chunk did not come. */
const MISSING = /dynamically imported module|module script failed|unable to preload css/i;

export const isStaleChunk = (error: unknown): error is Error => error instanceof Error && MISSING.test(error.message);

/** Note a reload; false when the last one is too near, or when nothing can be noted and it might go round for ever. */
function mayReload(now: number): boolean {
  try {
    if (now - Number(sessionStorage.getItem(KEY)) < AGAIN_MS) return false;
    sessionStorage.setItem(KEY, String(now));
    return true;
  } catch {
    return false;
  }
}

/** Reload for the newer version, at most once a minute, and only when the server answers: offline the page would be lost. */
export async function reloadForUpdate(reload: () => void = () => window.location.reload()): Promise<void> {
  try {
    const answer = await fetch("/", { cache: "no-store" });
    if (answer.ok && mayReload(Date.now())) reload();
  } catch {
    // The message with its button stands until the network is back.
  }
}

/** Reload when a chunk is missing, wherever it was asked for. */
export function watchForUpdates(): void {
  window.addEventListener("vite:preloadError", () => void reloadForUpdate());
}
