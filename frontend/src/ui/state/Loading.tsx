import type { CSSProperties } from "react";

import { uiTexts } from "@/ui/i18n";

import "./states.css";

interface SkeletonProps {
  width?: CSSProperties["width"];
  height?: CSSProperties["height"];
}

/** A block of the final size of what will stand there. */
export function Skeleton({ width = "100%", height = 16 }: SkeletonProps) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

interface LoadingProps {
  /** Lines to draw; give what the content will have. */
  rows?: number;
  /** Or one block of this height, e.g. a chart's. */
  height?: CSSProperties["height"];
}

/** A placeholder while data comes; announced once to screen readers. */
export function Loading({ rows = 6, height }: LoadingProps) {
  const t = uiTexts.useText();
  return (
    <div role="status" aria-label={t("loading")} className={height === undefined ? "skeleton-rows" : undefined}>
      {height === undefined ? (
        Array.from({ length: rows }, (_, index) => <Skeleton key={index} width={`${100 - ((index * 17) % 40)}%`} />)
      ) : (
        <Skeleton height={height} />
      )}
    </div>
  );
}
