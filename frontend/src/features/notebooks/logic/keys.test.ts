import { expect, test } from "vitest";

import { KEYS, keysOf } from "./keys";

test("no key is listed twice", () => {
  const all = KEYS.flatMap(({ keys }) => keys.map(([shortcut]) => shortcut));
  expect(new Set(all).size).toBe(all.length);
});

test.each([
  ["Mod+Alt+Enter", [["Ctrl", "Alt", "Enter"]], [["⌘", "⌥", "Enter"]]],
  ["Mod+↑ / Mod+↓", [["Ctrl", "↑"], ["Ctrl", "↓"]], [["⌘", "↑"], ["⌘", "↓"]]],
  ["Mod+/", [["Ctrl", "/"]], [["⌘", "/"]]],
])("%s is named as the keyboard names it", (shortcut, elsewhere, mac) => {
  expect(keysOf(shortcut, false)).toEqual(elsewhere);
  expect(keysOf(shortcut, true)).toEqual(mac);
});
