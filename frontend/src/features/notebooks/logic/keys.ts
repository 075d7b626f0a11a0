/** The keys of the IDE, in groups, as the help sheet lists them. `Mod` is Ctrl, on a Mac ⌘. */
export const KEYS = [
  {
    group: "keysRun",
    keys: [
      ["Shift+Enter", "keys.runAndGoOn"],
      ["Mod+Enter", "keys.run"],
      ["Mod+Alt+Enter", "keys.runAll"],
      ["Mod+↑ / Mod+↓", "keys.cells"],
      ["Mod+Shift+Enter", "keys.quick"],
      ["Alt+Enter", "keys.backtest"],
    ],
  },
  {
    group: "keysDebug",
    keys: [
      ["Shift+Alt+Enter", "keys.debugCell"],
      ["F9", "keys.breakpoint"],
      ["Shift+F9", "keys.editBreakpoint"],
      ["F5", "keys.goOn"],
      ["Shift+F5", "keys.stop"],
      ["F10", "keys.over"],
      ["F11", "keys.into"],
      ["Shift+F11", "keys.out"],
    ],
  },
  {
    group: "keysEdit",
    keys: [
      ["Mod+Space", "keys.complete"],
      ["Mod+Shift+Space", "keys.signature"],
      ["F12", "keys.definition"],
      ["Shift+Alt+F", "keys.format"],
      ["F8 / Shift+F8", "keys.problems"],
      ["Mod+F / Mod+H", "keys.find"],
      ["Mod+/", "keys.comment"],
      ["Tab / Shift+Tab", "keys.indent"],
      ["Alt+↑ / Alt+↓", "keys.moveLine"],
      ["Mod+Alt+↑ / Mod+Alt+↓", "keys.cursors"],
      ["Mod+D", "keys.nextSame"],
      ["Mod+Z / Mod+Shift+Z", "keys.undo"],
      ["Mod+M", "keys.tab"],
    ],
  },
  {
    group: "keysPage",
    keys: [
      ["Mod+S", "keys.save"],
      ["Mod+Shift+S", "keys.saveWith"],
      ["Mod+Alt+← / Mod+Alt+→", "keys.files"],
      ["Mod+K", "keys.search"],
      ["F1", "keys.help"],
    ],
  },
] as const;

/** Give the keys of a shortcut as a person's keyboard names them: alternatives, each of its keys. */
export function keysOf(shortcut: string, mac: boolean): string[][] {
  const names: Record<string, string> = mac ? { Mod: "⌘", Alt: "⌥", Shift: "⇧" } : { Mod: "Ctrl" };
  return shortcut.split(" / ").map((one) => {
    // A slash may be the key itself.
    const parts = one.endsWith("+/") ? [...one.slice(0, -2).split("+"), "/"] : one.split("+");
    return parts.map((part) => names[part] ?? part);
  });
}
