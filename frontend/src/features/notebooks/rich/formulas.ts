/** KaTeX with its styles and fonts. Always loaded lazily. */
import katex from "katex";
import "katex/dist/katex.min.css";

import type { Formula } from "./markdown";

/** Draw each formula into the element that has its number. A wrong one is shown in red, with what is wrong on hover. */
export function draw(element: HTMLElement, formulas: readonly Formula[]): void {
  for (const span of element.querySelectorAll<HTMLElement>("[data-math]")) {
    const formula = formulas[Number(span.getAttribute("data-math"))];
    if (formula === undefined) continue;
    // No \href, \includegraphics or \htmlStyle; sizes and macros are bounded.
    katex.render(formula.tex, span, { displayMode: formula.display, throwOnError: false, trust: false, strict: "ignore", maxSize: 50, maxExpand: 200 });
  }
}
