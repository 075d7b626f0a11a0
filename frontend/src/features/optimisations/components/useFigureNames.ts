import { useCallback } from "react";

import { metricTexts } from "@/features/backtests/i18n";

/** Give a metric's name as the report has it. */
export function useFigureNames(): (metric: string) => string {
  const t = metricTexts.useText();
  return useCallback(
    (metric) => (metricTexts.has(metric) ? t(metric) : metric),
    [t],
  );
}
