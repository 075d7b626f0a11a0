/** Where the panes of a K-line stand, in pixels from the top. */
export interface PaneBox {
  /** Top of the legend line. */
  top: number;
  /** Top and height of the drawing area. */
  gridTop: number;
  gridHeight: number;
}

export interface Layout {
  main: PaneBox;
  volume: PaneBox;
  panes: PaneBox[];
  /** Top of the zoom slider. */
  slider: number;
}

export const LEGEND = 20;
/** The first legend takes two lines where it is narrow. */
const HEAD = 44;
export const AXIS = 22;
export const SLIDER = 20;
/** Room for price labels at the right. */
export const RIGHT = 64;

/** Share the height: an indicator pane gets 16 %, the volume 14 %, the candles what is left. */
export function layout(height: number, paneCount: number): Layout {
  const usable = height - AXIS - SLIDER - 8;
  const volume = Math.max(56, Math.round(usable * 0.14));
  const pane = Math.max(64, Math.round(usable * (paneCount > 2 ? 0.13 : 0.16)));
  const main = usable - volume - paneCount * pane;
  let top = 0;
  const take = (size: number, head = LEGEND): PaneBox => {
    const box = { top, gridTop: top + head, gridHeight: size - head - 4 };
    top += size;
    return box;
  };
  const mainBox = take(main, HEAD);
  const volumeBox = take(volume);
  const panes = Array.from({ length: paneCount }, () => take(pane));
  return { main: mainBox, volume: volumeBox, panes, slider: height - SLIDER };
}
