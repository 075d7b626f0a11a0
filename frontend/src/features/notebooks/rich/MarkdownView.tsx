import { useEffect, useMemo, useRef } from "react";

import { fromLatex, fromMarkdown, type Formula } from "./markdown";

/** Markdown or LaTeX, with formulas; KaTeX and its fonts are loaded when there is one. */
export default function MarkdownView({ text, latex = false }: { text: string; latex?: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const { fragment, formulas } = useMemo(() => (latex ? fromLatex(text) : fromMarkdown(text)), [text, latex]);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    let gone = false;
    element.replaceChildren(fragment.cloneNode(true));
    if (formulas.length > 0) void import("./formulas").then(({ draw }) => !gone && draw(element, formulas), () => !gone && showSource(element, formulas));
    return () => {
      gone = true;
    };
  }, [fragment, formulas]);
  return <div ref={place} className="markdown" />;
}

/** Without KaTeX (the connection is gone): the formulas as they were written. */
function showSource(element: HTMLElement, formulas: readonly Formula[]): void {
  for (const span of element.querySelectorAll("[data-math]")) span.textContent = formulas[Number(span.getAttribute("data-math"))]?.tex ?? "";
}
