import { expect, test } from "vitest";

import { directionColours, PALETTES } from "@/app/theme/tokens";
import type { Theme } from "@/app/theme/useTheme";

import { themed } from "./themed";

const palette = PALETTES.light;
const theme = { mode: "light", palette, ...directionColours(palette, "red") } as Theme;

test("axes, one or many, get our inks and keep what they say themselves", () => {
  const option = themed({ xAxis: { data: ["a"], axisLabel: { rotate: 30 } }, yAxis: [{}, { axisLabel: { color: "#123456" } }] }, theme);
  expect(option.xAxis).toMatchObject({ data: ["a"], axisLabel: { rotate: 30, color: palette.textSoft } });
  expect(option.yAxis).toMatchObject([{ splitLine: { lineStyle: { color: palette.hairline } } }, { axisLabel: { color: "#123456" } }]);
});

test("candles rise and fall in the reader's colours", () => {
  expect(themed({ series: [{ type: "candlestick", data: [] }] }, theme).series).toMatchObject([{ itemStyle: { color: theme.up, color0: theme.down } }]);
});
