import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** After a change of page, put the keyboard at its start; a change within a page (another stock) leaves it where it is. */
export function useRouteFocus(): void {
  const page = useLocation().pathname.split("/")[1] ?? "";
  const before = useRef(page);
  useEffect(() => {
    if (before.current === page) return;
    before.current = page;
    const content = document.getElementById("content");
    content?.scrollTo(0, 0);
    // A page that has taken the focus for its first field keeps it.
    if (content?.contains(document.activeElement) !== true) content?.focus({ preventScroll: true });
  }, [page]);
}
