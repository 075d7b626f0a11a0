import { useLayoutEffect, useState, type RefObject } from "react";

import { connect, init, type EChartsCoreOption, type EChartsType } from "./echarts";

/** Keep one ECharts instance in the container: sized with it, drawing the option, gone with the component.
 *
 * @param group charts of one group share crosshair and zoom.
 */
export function useEChart(
  container: RefObject<HTMLDivElement | null>,
  option: EChartsCoreOption,
  group?: string,
): EChartsType | null {
  const [chart, setChart] = useState<EChartsType | null>(null);

  useLayoutEffect(() => {
    const element = container.current;
    if (element === null) return undefined;
    const instance = init(element);
    const observer = new ResizeObserver(() => instance.resize());
    observer.observe(element);
    // The instance can only exist after the element does; the second render it costs happens before painting.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setChart(instance);
    if (group !== undefined) {
      instance.group = group;
      connect(group);
    }
    return () => {
      observer.disconnect();
      instance.dispose();
      setChart(null);
    };
  }, [container, group]);

  useLayoutEffect(() => {
    chart?.setOption(option, { notMerge: true });
  }, [chart, option]);

  return chart;
}
