import type { UpColour } from "@/app/prefs";

export type Mode = "light" | "dark";

/** Every colour of the product. Text colours meet WCAG AA (4.5:1) on `page`, `surface` and `raised` of their mode. */
export interface Palette {
  page: string;
  surface: string;
  raised: string;
  border: string;
  /** Lines inside tables and charts. */
  hairline: string;
  text: string;
  textSoft: string;
  primary: string;
  /** Behind a selected row or nav entry. */
  primarySoft: string;
  danger: string;
  warning: string;
  success: string;
  red: string;
  green: string;
  /** Categorical chart colours, in the order of use; none reads as a gain or a loss. */
  series: readonly string[];
}

export const PALETTES: Record<Mode, Palette> = {
  light: {
    page: "#f5f6f8",
    surface: "#ffffff",
    raised: "#ffffff",
    border: "#dfe3e8",
    hairline: "#eceef1",
    text: "#1b1f24",
    textSoft: "#57606a",
    primary: "#2456c7",
    primarySoft: "#e9effb",
    danger: "#b3261e",
    warning: "#8a5300",
    success: "#1a6b34",
    red: "#c8232c",
    green: "#1a7037",
    series: ["#2456c7", "#b35900", "#7a3fb5", "#0b7480", "#a3316f", "#5d6673", "#6b6200", "#5b3a1a"],
  },
  dark: {
    page: "#0f1216",
    surface: "#161a20",
    raised: "#1e232b",
    border: "#2c333d",
    hairline: "#232932",
    text: "#e4e8ee",
    textSoft: "#9ba6b4",
    primary: "#7ba0f8",
    primarySoft: "#1d2a47",
    danger: "#ff8a80",
    warning: "#e5b15c",
    success: "#58c37a",
    red: "#ff6b6b",
    green: "#46c06a",
    series: ["#7ba0f8", "#f0a040", "#b996f5", "#45c2cd", "#ea86ba", "#9ba6b4", "#c9c25a", "#cfa98a"],
  },
};

/** Give the colours of a rise and of a fall. */
export function directionColours(palette: Palette, upColour: UpColour): { up: string; down: string } {
  return upColour === "red" ? { up: palette.red, down: palette.green } : { up: palette.green, down: palette.red };
}

/** System fonts only, Chinese faces before the generic family. */
export const FONT =
  '-apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", ' +
  '"Source Han Sans SC", "WenQuanYi Zen Hei", "Helvetica Neue", Arial, sans-serif';
export const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "Liberation Mono", "DejaVu Sans Mono", "PingFang SC", ' +
  '"Microsoft YaHei", "WenQuanYi Zen Hei Mono", monospace';
