import { useEffect, useRef, useState, type ReactNode } from "react";

/** What can only be drawn where it has a width: a chart in a part of the editor that is not scrolled to waits. */
export function WhenShown({ height, children }: { height: number; children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const element = place.current;
    if (element === null || shown) return undefined;
    const observer = new ResizeObserver(() => {
      if (element.offsetWidth > 0) setShown(true);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [shown]);
  return (
    <div ref={place} style={shown ? undefined : { minHeight: height }}>
      {shown && children}
    </div>
  );
}
