import { useLayoutEffect, useState, type RefObject } from "react";

/** Follow the height of an element in whole pixels; `least` until it is known, and never below it. */
export function useHeight(element: RefObject<HTMLElement | null>, least: number): number {
  const [height, setHeight] = useState(least);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setHeight(Math.max(least, Math.floor(entry.contentRect.height)));
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element, least]);
  return height;
}
