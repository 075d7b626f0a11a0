import type { Theme } from "@/app/theme/useTheme";

type Option = Record<string, unknown>;

const AXES = ["xAxis", "yAxis", "radiusAxis", "angleAxis", "singleAxis"];

/** Give a chart's option with our inks where it names none of its own: axes, title, labels, candles up and down. */
export function themed(option: Option, { palette, up, down }: Theme): Option {
  const axis: Option = {
    axisLine: { lineStyle: { color: palette.border } },
    axisLabel: { color: palette.textSoft, fontSize: 11, hideOverlap: true },
    splitLine: { lineStyle: { color: palette.hairline } },
    nameTextStyle: { color: palette.textSoft },
  };
  const candle = { itemStyle: { color: up, color0: down, borderColor: up, borderColor0: down } };
  const label = { label: { color: palette.text, textBorderWidth: 0 } };
  const done: Option = { ...option };
  for (const key of AXES) if (key in option) done[key] = each(option[key], (one) => under(axis, one));
  if ("title" in option) {
    done.title = each(option.title, (one) =>
      under({ textStyle: { color: palette.text, fontSize: 14, fontWeight: 600 }, subtextStyle: { color: palette.textSoft } }, one),
    );
  }
  if ("visualMap" in option) done.visualMap = each(option.visualMap, (one) => under({ textStyle: { color: palette.textSoft } }, one));
  if ("series" in option) {
    done.series = each(option.series, (one) =>
      one.type === "candlestick" ? under(candle, one) : one.type === "line" ? under({ showSymbol: false, lineStyle: { width: 1.5 } }, one) : one.type === "pie" ? under(label, one) : one,
    );
  }
  // The legend lies where the title would: it gives way.
  if ("legend" in option && "title" in option) done.legend = each(option.legend, (one) => under({ top: 28 }, one));
  return done;
}

function each(value: unknown, change: (one: Option) => Option): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => (isRecord(one) ? change(one) : one));
  return isRecord(value) ? change(value) : value;
}

/** Lay what is given over the defaults, also inside. */
function under(defaults: Option, given: Option): Option {
  const merged: Option = { ...defaults, ...given };
  for (const [key, value] of Object.entries(defaults)) {
    const over = given[key];
    if (isRecord(value) && isRecord(over)) merged[key] = under(value, over);
  }
  return merged;
}

function isRecord(value: unknown): value is Option {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
