import { describe, expect, test } from "vitest";

import { PALETTES } from "@/app/theme/tokens";
import type { Theme } from "@/app/theme/useTheme";

import { layout } from "./layout";
import { klineOption } from "./option";
import type { KLineBars, TradeMark } from "./types";

const theme: Theme = { mode: "light", palette: PALETTES.light, up: "#up", down: "#down", reducedMotion: false };
const bars: KLineBars = {
  time: ["2024-01-02", "2024-01-03", "2024-01-04"],
  open: [10, 11, 12],
  high: [12, 12, 13],
  low: [9, 10, 10],
  close: [11, 10, 12],
  volume: [100, 200, 0],
};

interface Drawn {
  name: string;
  data: unknown[];
  itemStyle: { color: string };
}

function series(marks: TradeMark[] = [], over: Partial<KLineBars> = {}): Drawn[] {
  const option = klineOption({
    bars: { ...bars, ...over },
    tick: 0.01,
    overlays: [{ name: "MA2", values: [null, 10.5, 11] }],
    panes: [],
    marks,
    layout: layout(500, 0),
    window: { start: 0, end: 2 },
    theme,
    language: "zh",
  });
  return option.series as Drawn[];
}

const named = (all: Drawn[], name: string) => all.filter((item) => item.name === name);

test("candles come in ECharts' order: open, close, low, high", () => {
  expect(named(series(), "K")[0]?.data[0]).toEqual([10, 11, 9, 12]);
});

test("volume takes the colour of its candle; a day that closes where it opened counts as up", () => {
  const [up, down] = named(series(), "volume");
  expect(up).toMatchObject({ data: [100, "-", 0], itemStyle: { color: "#up" } });
  expect(down).toMatchObject({ data: ["-", 200, "-"], itemStyle: { color: "#down" } });
});

test("an indicator that has no value yet leaves a gap", () => {
  expect(named(series(), "MA2")[0]?.data).toEqual(["-", 10.5, 11]);
});

describe("trade marks", () => {
  const mark = (time: string, side: "buy" | "sell", refused = false): TradeMark => ({ time, side, refused, price: 10, quantity: 100 });

  test("buys stand at the low, sells at the high", () => {
    const all = series([mark("2024-01-02", "buy"), mark("2024-01-03", "sell")]);
    expect(named(all, "buy")[0]?.data).toEqual([[0, 9, 1]]);
    expect(named(all, "sell")[0]?.data).toEqual([[1, 12, 1]]);
  });
  test("several fills of one day draw one triangle", () => {
    expect(named(series([mark("2024-01-02", "buy"), mark("2024-01-02", "buy")]), "buy")[0]?.data).toHaveLength(1);
  });
  test("a refused order is hollow", () => {
    expect(named(series([mark("2024-01-02", "buy", true)]), "buy-refused")[0]?.itemStyle.color).toBe("transparent");
  });
  test("a mark on a day that is not shown is left out", () => {
    expect(named(series([mark("2023-12-29", "buy")]), "buy")[0]?.data).toEqual([]);
  });
});

test("no bars at all draw an empty chart without failing", () => {
  const nothing = { time: [], open: [], high: [], low: [], close: [], volume: [] };
  expect(named(series([], nothing), "K")[0]?.data).toEqual([]);
});

test("the panes share the height without overlap", () => {
  const { main, volume, panes, slider } = layout(600, 3);
  const boxes = [main, volume, ...panes];
  boxes.forEach((box, index) => {
    const next = boxes[index + 1]?.top ?? slider;
    expect(box.gridTop + box.gridHeight).toBeLessThanOrEqual(next);
    expect(box.gridHeight).toBeGreaterThan(30);
  });
});
