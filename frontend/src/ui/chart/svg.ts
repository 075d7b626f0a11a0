import { SVGRenderer } from "echarts/renderers";

import { init, register, type EChartsType } from "./echarts";

register([SVGRenderer]);

/** Draw what a chart shows once more, as an SVG text. */
export function svgOf(chart: EChartsType): string {
  const [width, height] = [chart.getWidth(), chart.getHeight()];
  const twin = init(null, undefined, { renderer: "svg", ssr: true, width, height });
  twin.setOption({ ...chart.getOption(), animation: false });
  const text = twin.renderToSVGString();
  twin.dispose();
  return text;
}
