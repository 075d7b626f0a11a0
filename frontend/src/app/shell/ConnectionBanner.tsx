import { useEffect, useState, useSyncExternalStore } from "react";

import { useSocketStatus } from "@/api/ws";

import { shellTexts } from "./i18n";

/** A dropped socket is usually back in a moment: only a longer break is worth a word. */
const PATIENCE_MS = 4000;

function subscribe(notify: () => void): () => void {
  window.addEventListener("online", notify);
  window.addEventListener("offline", notify);
  return () => {
    window.removeEventListener("online", notify);
    window.removeEventListener("offline", notify);
  };
}

/** Say that the network or the live connection is gone, and what that means. */
export function ConnectionBanner() {
  const t = shellTexts.useText();
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  const broken = useSocketStatus(({ status }) => status === "waiting" || status === "connecting");
  const [longBroken, setLongBroken] = useState(false);

  useEffect(() => {
    if (!broken) return undefined;
    const timer = setTimeout(() => setLongBroken(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLongBroken(false);
    };
  }, [broken]);

  if (online && !(broken && longBroken)) return null;
  return (
    <div className="connection-banner" role="status">
      {t(online ? "reconnecting" : "offline")}
    </div>
  );
}
