import { FONT } from "@/app/theme/tokens";
import type { Theme } from "@/app/theme/useTheme";

/** What every chart shares: palette, font, crosshair and tooltip of the theme, no motion. */
export function baseOption({ palette, mode }: Theme) {
  return {
    darkMode: mode === "dark",
    color: [...palette.series],
    // A chart shows figures: it redraws in one frame rather than travelling to them.
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: 12, color: palette.text },
    legend: { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 3, itemGap: 16, textStyle: { color: palette.textSoft }, inactiveColor: palette.border },
    tooltip: {
      trigger: "axis",
      confine: true,
      backgroundColor: palette.raised,
      borderColor: palette.border,
      padding: [6, 10],
      textStyle: { color: palette.text, fontSize: 12 },
      extraCssText: "font-variant-numeric: tabular-nums; box-shadow: none;",
      axisPointer: crosshair({ palette }),
    },
  };
}

/** The line that follows the pointer, and its labels on the axes. */
export function crosshair({ palette }: Pick<Theme, "palette">) {
  return {
    type: "cross",
    animation: false,
    lineStyle: { color: palette.textSoft, type: "dashed", width: 1 },
    crossStyle: { color: palette.textSoft, type: "dashed", width: 1 },
    label: { backgroundColor: palette.textSoft, color: palette.page, fontSize: 11, padding: [2, 4] },
  };
}

/** A dates axis: labels give way to each other instead of overlapping, and begin at their day, so that the first is whole. */
export function dateAxis({ palette }: Theme, dates: readonly string[]) {
  return {
    type: "category",
    data: dates,
    boundaryGap: false,
    axisLine: { lineStyle: { color: palette.border } },
    axisTick: { show: false },
    axisLabel: { color: palette.textSoft, hideOverlap: true, align: "left", alignMaxLabel: "right", fontSize: 11 },
  };
}

/** A value axis on the right, with hairlines. */
export function valueAxis({ palette }: Theme, format: (value: number) => string) {
  return {
    type: "value",
    position: "right",
    scale: true,
    splitNumber: 4,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: palette.hairline } },
    axisLabel: { color: palette.textSoft, formatter: format, fontSize: 11 },
  };
}
