import { expect, test } from "vitest";

import { directionColours, PALETTES } from "@/app/theme/tokens";
import type { Theme } from "@/app/theme/useTheme";

import { figureOf } from "./figure";

const palette = PALETTES.dark;
const theme = { mode: "dark", palette, ...directionColours(palette, "red") } as Theme;
const PLAIN = { layout: { plot_bgcolor: "#E5ECF6", paper_bgcolor: "white" } };

test("plotly's white default gives way to our palette, with our colours of gain and loss", () => {
  const { template } = figureOf({ data: [], layout: { template: PLAIN } }, theme).layout as {
    template: { layout: { font: { color: string } }; data: { candlestick: [{ increasing: unknown }] } };
  };
  expect(template.layout.font.color).toBe(palette.text);
  expect(template.data.candlestick[0].increasing).toEqual({ line: { color: theme.up } });
});

test("a template that somebody chose stays", () => {
  const chosen = { layout: { plot_bgcolor: "black", paper_bgcolor: "black" } };
  expect(figureOf({ layout: { template: chosen } }, theme).layout.template).toBe(chosen);
});

test("neither servers nor pictures from elsewhere are taken over", () => {
  const figure = figureOf(
    {
      data: [{ type: "bar" }],
      config: { plotlyServerURL: "https://evil.example", showSendToCloud: true },
      layout: { images: [{ source: "https://evil.example/x.png" }, { source: "data:image/png;base64,AA" }] },
    },
    theme,
  );
  expect(Object.keys(figure)).toEqual(["data", "frames", "layout"]);
  expect(figure.layout.images).toEqual([{ source: "data:image/png;base64,AA" }]);
  expect(figure.data).toEqual([{ type: "bar" }]);
});

test("a figure is as wide as its place and of a height that fits a page", () => {
  expect(figureOf({ layout: { width: 4000, height: 1e9 } }, theme).layout).toMatchObject({ autosize: true, height: 1200 });
  expect(figureOf({ layout: { width: 4000 } }, theme).layout.width).toBeUndefined();
  expect(figureOf(null, theme)).toMatchObject({ data: [], frames: [] });
});
