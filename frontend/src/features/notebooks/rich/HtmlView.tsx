import { useCallback, useMemo, useRef } from "react";

import { useTheme, type Theme } from "@/app/theme/useTheme";
import { FONT, MONO } from "@/app/theme/tokens";

import { notebookTexts } from "../i18n";
import { safeHtml } from "./sanitise";

const MOST = 600;

/**
 * HTML in a frame of its own: without what could act, and in a sandbox where no script, form or navigation is allowed besides.
 *
 * The frame is of our origin only so that its height can be measured and its links be opened from outside, by us.
 */
export default function HtmlView({ html }: { html: string }) {
  const t = notebookTexts.useText();
  const theme = useTheme();
  const source = useMemo(() => documentOf(safeHtml(html), theme), [html, theme]);
  const stop = useRef<(() => void) | undefined>(undefined);
  const frame = useCallback((element: HTMLIFrameElement | null) => {
    if (element === null) return undefined;
    const loaded = () => {
      stop.current?.();
      stop.current = follow(element);
    };
    element.addEventListener("load", loaded);
    return () => {
      element.removeEventListener("load", loaded);
      stop.current?.();
    };
  }, []);
  return <iframe ref={frame} className="out-html" title={t("htmlOutput")} sandbox="allow-same-origin" srcDoc={source} />;
}

/** Keep the frame as high as what it holds, open its links in new tabs, and let the wheel move the page around it. */
function follow(frame: HTMLIFrameElement): () => void {
  const inner = frame.contentDocument;
  if (inner === null) return () => undefined;
  const root = inner.documentElement;
  const fit = () => {
    const needed = inner.body.offsetHeight;
    if (needed > 0) frame.style.height = `${Math.min(needed + (inner.body.scrollWidth > root.clientWidth ? 16 : 0), MOST)}px`;
  };
  const observer = new ResizeObserver(fit);
  observer.observe(inner.body);
  fit();
  inner.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest("a[href]");
    const to = link?.getAttribute("href");
    if (to == null || to.startsWith("#")) return;
    event.preventDefault();
    if (/^https?:/i.test(to)) window.open(to, "_blank", "noopener,noreferrer");
  });
  inner.addEventListener(
    "wheel",
    ({ deltaX, deltaY, deltaMode }) => {
      if (root.scrollHeight > root.clientHeight + 1) return;
      frame.dispatchEvent(new WheelEvent("wheel", { deltaX, deltaY, deltaMode, bubbles: true, cancelable: true }));
    },
    { passive: true },
  );
  return () => observer.disconnect();
}

/** Tables and text as in the rest of the page; what the HTML says of its own colours goes before. */
function documentOf(body: string, { mode, palette }: Theme): string {
  return `<!doctype html><html><head><meta charset="utf-8"><style>
:root { color-scheme: ${mode}; }
html { background: transparent; overflow: auto; }
body { box-sizing: border-box; margin: 0; padding: 4px 0; display: flow-root; color: ${palette.text}; background: transparent; font: 13px/1.6 ${FONT}; overflow-wrap: anywhere; }
a { color: ${palette.primary}; }
pre, code { font-family: ${MONO}; font-size: 12px; white-space: pre-wrap; }
img, svg { max-width: 100%; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 10px; border-bottom: 1px solid ${palette.hairline}; text-align: right; }
th { border-bottom-color: ${palette.border}; color: ${palette.textSoft}; font-weight: 600; }
hr { border: 0; border-top: 1px solid ${palette.border}; }
</style></head><body>${body}</body></html>`;
}
