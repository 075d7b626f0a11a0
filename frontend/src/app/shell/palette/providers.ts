import { NAV } from "@/app/nav";
import { usePrefs } from "@/app/prefs";

import { shellTexts } from "../i18n";
import type { PaletteItem, PaletteProvider } from "./store";

/** Keep the items whose title or detail holds the query. */
function matching(items: PaletteItem[], query: string): PaletteItem[] {
  const wanted = query.trim().toLowerCase();
  return items.filter(({ title, detail = "" }) => `${title} ${detail}`.toLowerCase().includes(wanted));
}

const pages: PaletteProvider = {
  id: "pages",
  title: () => shellTexts.text("pages"),
  search: (query) =>
    Promise.resolve(
      matching(
        NAV.map(({ key, path }) => ({ id: key, title: shellTexts.text(`nav.${key}`), detail: key, path })),
        query,
      ),
    ),
};

const actions: PaletteProvider = {
  id: "actions",
  title: () => shellTexts.text("actions"),
  search: (query) => {
    if (query.trim() === "") return Promise.resolve([]);
    const { set, language, upColour } = usePrefs.getState();
    const otherColour = upColour === "red" ? "green" : "red";
    const items: PaletteItem[] = [
      { id: "language", title: shellTexts.text("switchLanguage"), run: () => set({ language: language === "zh" ? "en" : "zh" }) },
      { id: "colours", title: shellTexts.text(`colours.${otherColour}`), run: () => set({ upColour: otherColour }) },
      ...(["light", "dark", "system"] as const).map((theme) => ({
        id: `theme-${theme}`,
        title: `${shellTexts.text("theme")} · ${shellTexts.text(`theme.${theme}`)}`,
        detail: theme,
        run: () => set({ theme }),
      })),
    ];
    return Promise.resolve(matching(items, query));
  },
};

/** The groups of the global search, in their order. */
export const PROVIDERS: readonly PaletteProvider[] = [pages, actions];
