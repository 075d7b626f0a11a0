import { describe, expect, test } from "vitest";

import { directionColours, PALETTES } from "./tokens";

/** WCAG 2.2 relative luminance of #rrggbb. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

describe.each(Object.entries(PALETTES))("%s theme", (_, palette) => {
  const inks = ["text", "textSoft", "primary", "danger", "warning", "success", "red", "green"] as const;
  test.each(inks)("%s reads on every ground (AA, 4.5:1)", (ink) => {
    for (const ground of [palette.page, palette.surface, palette.raised]) {
      expect(contrast(palette[ink], ground)).toBeGreaterThanOrEqual(4.5);
    }
  });
  test("a selected entry reads", () => expect(contrast(palette.primary, palette.primarySoft)).toBeGreaterThanOrEqual(4.5));
  test("chart lines and their legends read on the surface", () => {
    for (const colour of palette.series) expect(contrast(colour, palette.surface)).toBeGreaterThanOrEqual(4.5);
  });
});

test("one switch turns gain and loss around", () => {
  const { light } = PALETTES;
  expect(directionColours(light, "red")).toEqual({ up: light.red, down: light.green });
  expect(directionColours(light, "green")).toEqual({ up: light.green, down: light.red });
});
