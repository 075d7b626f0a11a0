/** The files that are open over the editor, and the one that is shown. */
import { MAIN, movedPath } from "./project";

export interface Tabs {
  open: readonly string[];
  active: string;
}

/** Begin with the main file. */
export const START: Tabs = { open: [MAIN], active: MAIN };

/** Show a file; one that is not open comes after the one shown. */
export function opened({ open, active }: Tabs, path: string): Tabs {
  if (open.includes(path)) return { open, active: path };
  const at = open.indexOf(active) + 1;
  return { open: [...open.slice(0, at), path, ...open.slice(at)], active: path };
}

/** Close a file; its neighbour is shown. The last one stays. */
export function closed(tabs: Tabs, path: string): Tabs {
  const at = tabs.open.indexOf(path);
  if (at < 0 || tabs.open.length === 1) return tabs;
  const open = tabs.open.filter((each) => each !== path);
  return { open, active: tabs.active === path ? (open[at] ?? open[at - 1] ?? MAIN) : tabs.active };
}

/** Show the next file, or the one before; after the last comes the first. */
export function stepped({ open, active }: Tabs, by: 1 | -1): Tabs {
  const at = (open.indexOf(active) + by + open.length) % open.length;
  return { open, active: open[at] ?? active };
}

/** Follow a file or folder that was moved. */
export function followed({ open, active }: Tabs, from: string, to: string): Tabs {
  return { open: open.map((path) => movedPath(path, from, to)), active: movedPath(active, from, to) };
}

/** Only those of files that are there: another version, or another page's draft, may lack some. */
export function present(tabs: Tabs, paths: readonly string[]): Tabs {
  const open = tabs.open.filter((path) => paths.includes(path));
  if (open.length === tabs.open.length && paths.includes(tabs.active)) return tabs;
  if (open.length === 0) return START;
  if (open.includes(tabs.active)) return { open, active: tabs.active };
  const before = tabs.open.slice(0, tabs.open.indexOf(tabs.active)).filter((path) => open.includes(path));
  return { open, active: before.at(-1) ?? open[0] ?? MAIN };
}

const keyOf = (strategyId: string): string => `quantdesk.tabs.${strategyId}`;

/** The tabs that were open when the strategy was last left. */
export function readTabs(strategyId: string, paths: readonly string[]): Tabs {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(strategyId)) ?? "null");
    if (typeof kept !== "object" || kept === null) return START;
    const { open, active } = kept as Partial<Tabs>;
    if (!Array.isArray(open) || typeof active !== "string" || open.some((path) => typeof path !== "string")) return START;
    return present({ open: [...new Set(open)], active }, paths);
  } catch {
    return START;
  }
}

export function writeTabs(strategyId: string, tabs: Tabs): void {
  try {
    localStorage.setItem(keyOf(strategyId), JSON.stringify(tabs));
  } catch {
    // Without storage it begins with the main file.
  }
}
