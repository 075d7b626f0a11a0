import { useCallback, useRef, type KeyboardEvent } from "react";

import type { EChartsType } from "./echarts";
import { include, panBy, zoomAt, type Window } from "./zoom";

interface ChartKeys {
  chart: EChartsType | null;
  /** Number of points on the x axis. */
  count: number;
  /** The window now shown. */
  window: () => Window;
  /** The window shown at first. */
  home: Window;
  /** Called when a key has moved the crosshair. */
  onMove?: (index: number) => void;
  /** Called by Enter with the point under the crosshair. */
  onPick?: (index: number) => void;
}

/** Show a window of points. */
export function showWindow(chart: EChartsType, { start, end }: Window): void {
  chart.dispatchAction({ type: "dataZoom", dataZoomIndex: 0, startValue: start, endValue: end });
}

/** The keyboard of a chart: arrows move the crosshair, + and - zoom, Shift pans, Home/End jump, Enter picks, 0 resets. */
export function useChartKeys({ chart, count, window, home, onMove, onPick }: ChartKeys) {
  const at = useRef<number | null>(null);

  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      if (chart === null || count === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      const shown = window();
      const here = Math.min(at.current ?? shown.end, count - 1);
      const step = Math.max(1, Math.round((shown.end - shown.start) / 10));

      const point = (index: number) => {
        const target = Math.min(count - 1, Math.max(0, index));
        at.current = target;
        const next = include(shown, count, target);
        if (next !== shown) showWindow(chart, next);
        chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: target });
        onMove?.(target);
      };

      switch (event.key) {
        case "ArrowLeft":
        case "ArrowRight": {
          const way = event.key === "ArrowLeft" ? -1 : 1;
          if (event.shiftKey) showWindow(chart, panBy(shown, count, way * step));
          else point(here + way);
          break;
        }
        case "Home":
          point(0);
          break;
        case "End":
          point(count - 1);
          break;
        case "+":
        case "=":
        case "ArrowUp":
          showWindow(chart, zoomAt(shown, count, 0.7, here));
          break;
        case "-":
        case "_":
        case "ArrowDown":
          showWindow(chart, zoomAt(shown, count, 1 / 0.7, here));
          break;
        case "0":
          showWindow(chart, home);
          break;
        case "Enter":
          if (at.current !== null) onPick?.(at.current);
          break;
        case "Escape":
          at.current = null;
          chart.dispatchAction({ type: "hideTip" });
          break;
        default:
          return;
      }
      event.preventDefault();
    },
    [chart, count, window, home, onMove, onPick],
  );

  return onKeyDown;
}
