import { FONT } from "@/app/theme/tokens";
import type { Theme } from "@/app/theme/useTheme";

export interface Figure {
  data: unknown[];
  layout: Record<string, unknown>;
  frames: unknown[];
}

const HEIGHT = { usual: 380, least: 120, most: 1_200 };

/**
 * Give a figure of plotly in our palette: a template of the user's own stays, plotly's white default gives way to ours.
 *
 * Its configuration, which could name servers, is left out, and so are pictures that are not within it.
 */
export function figureOf(value: unknown, theme: Theme): Figure {
  const { data, layout, frames } = isRecord(value) ? value : {};
  const own = isRecord(layout) ? layout : {};
  const { template, images, height, ...rest } = own;
  const usual = typeof height === "number" && Number.isFinite(height) ? height : HEIGHT.usual;
  return {
    data: listOf(data),
    frames: listOf(frames),
    layout: {
      ...rest,
      images: listOf(images).filter((image) => isRecord(image) && /^data:image\//i.test(String(image.source))),
      template: isDefault(template) ? templateOf(theme) : template,
      width: undefined,
      autosize: true,
      height: Math.min(Math.max(usual, HEIGHT.least), HEIGHT.most),
      ...(rest.margin === undefined && { margin: { l: 56, r: 24, t: rest.title === undefined ? 24 : 56, b: 48 } }),
    },
  };
}

/** plotly's own default: a white page with a bluish grid; nobody chose it. */
function isDefault(template: unknown): boolean {
  if (!isRecord(template)) return true;
  const { layout } = template;
  return !isRecord(layout) || (layout.plot_bgcolor === "#E5ECF6" && layout.paper_bgcolor === "white");
}

function templateOf({ palette, up, down }: Theme) {
  const axis = { gridcolor: palette.hairline, linecolor: palette.border, zerolinecolor: palette.border, tickcolor: palette.border, automargin: true };
  const direction = { increasing: { line: { color: up } }, decreasing: { line: { color: down } } };
  const scale = [
    [0, palette.primarySoft],
    [1, palette.primary],
  ];
  return {
    layout: {
      font: { family: FONT, size: 12, color: palette.text },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      colorway: [...palette.series],
      colorscale: { sequential: scale, sequentialminus: scale },
      hovermode: "x unified",
      hoverlabel: { bgcolor: palette.raised, bordercolor: palette.border, font: { color: palette.text } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: palette.textSoft, activecolor: palette.primary },
      legend: { bgcolor: "rgba(0,0,0,0)" },
      xaxis: axis,
      yaxis: axis,
      polar: { bgcolor: "rgba(0,0,0,0)", angularaxis: axis, radialaxis: axis },
      scene: { xaxis: { ...axis, backgroundcolor: palette.surface }, yaxis: { ...axis, backgroundcolor: palette.surface }, zaxis: { ...axis, backgroundcolor: palette.surface } },
    },
    data: {
      candlestick: [{ type: "candlestick", ...direction }],
      ohlc: [{ type: "ohlc", ...direction }],
      waterfall: [{ type: "waterfall", increasing: { marker: { color: up } }, decreasing: { marker: { color: down } } }],
      table: [
        {
          type: "table",
          header: { fill: { color: palette.page }, line: { color: palette.hairline } },
          cells: { fill: { color: palette.surface }, line: { color: palette.hairline } },
        },
      ],
    },
  };
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
