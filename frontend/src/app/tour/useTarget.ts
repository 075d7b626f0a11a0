import { useEffect, useState } from "react";

/** Dialogs and drawers: what lies below them cannot be pointed at. */
const OVER = ".ant-modal-wrap, .ant-drawer-open, dialog[open]";

const isShown = (element: Element): boolean =>
  element.closest("[hidden], [inert]") === null && getComputedStyle(element).visibility !== "hidden" && getComputedStyle(element).display !== "none";

function find(selector: string): HTMLElement | null {
  if ([...document.querySelectorAll(OVER)].some(isShown)) return null;
  return [...document.querySelectorAll<HTMLElement>(selector)].find(isShown) ?? null;
}

/** Give the element of a selector once it is there and can be seen; null until then, and while a dialog is open. */
export function useTarget(selector: string | null): HTMLElement | null {
  const [found, setFound] = useState<HTMLElement | null>(null);
  useEffect(() => {
    if (selector === null) return undefined;
    let frame = 0;
    const look = () => {
      frame = 0;
      setFound(find(selector));
    };
    // Pages draw in bursts: looked at once a frame.
    const later = () => {
      frame ||= requestAnimationFrame(look);
    };
    const observer = new MutationObserver(later);
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "style", "hidden", "open"] });
    later();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      setFound(null);
    };
  }, [selector]);
  return found;
}
