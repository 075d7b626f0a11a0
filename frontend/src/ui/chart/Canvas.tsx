import type { KeyboardEvent, RefObject } from "react";

import { uiTexts } from "@/ui/i18n";

interface CanvasProps {
  ref: RefObject<HTMLDivElement | null>;
  /** What is drawn, in words. */
  label: string;
  /** Pixels. */
  height: number;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** The place a chart is drawn into; it takes the keyboard: arrows, zoom and pan. */
export function Canvas({ ref, label, height, onKeyDown }: CanvasProps) {
  const t = uiTexts.useText();
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={ref}
      role="application"
      aria-label={`${label}. ${t("chartKeys")}`}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="chart-canvas"
      style={{ height }}
      onKeyDown={onKeyDown}
    />
  );
}
