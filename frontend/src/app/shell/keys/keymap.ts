import type { PageKey } from "@/app/nav";

/** The letter after G that opens a page. */
export const PAGE_KEYS: Record<PageKey, string> = {
  dashboard: "h",
  market: "m",
  strategies: "s",
  backtests: "b",
  jobs: "j",
  data: "d",
  system: "y",
};

/** Groups of the help sheet: keys and the name of their text. */
export const KEY_GROUPS = [
  {
    title: "keysAnywhere",
    rows: [
      { keys: ["Ctrl/⌘ K"], text: "keySearch" },
      { keys: ["/"], text: "keySearch" },
      { keys: ["?"], text: "keyHelp" },
      { keys: ["Esc"], text: "keyClose" },
    ],
  },
  {
    title: "keysChart",
    rows: [
      { keys: ["←", "→"], text: "keyCrosshair" },
      { keys: ["↑", "↓"], text: "keyZoom" },
      { keys: ["Shift ←", "Shift →"], text: "keyPan" },
      { keys: ["Home", "End"], text: "keyEnds" },
      { keys: ["0"], text: "keyReset" },
    ],
  },
  {
    title: "keysTable",
    rows: [
      { keys: ["↑", "↓"], text: "keyRow" },
      { keys: ["PgUp", "PgDn"], text: "keyPage" },
      { keys: ["Enter"], text: "keyOpen" },
    ],
  },
  {
    title: "keysEditor",
    rows: [
      { keys: ["Alt Enter"], text: "keyRun" },
      { keys: ["Ctrl/⌘ Shift Enter"], text: "keyQuick" },
      { keys: ["Ctrl/⌘ S"], text: "keySave" },
      { keys: ["F1"], text: "keyCommands" },
    ],
  },
] as const;

/** Whether a key press is text for a field, an editor or a dialog, and no command. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input, textarea, select, dialog, [role=dialog], .monaco-editor") !== null;
}
