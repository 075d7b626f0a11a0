import { api, unwrap } from "@/api/client";
import { NAV } from "@/app/nav";
import { usePrefs } from "@/app/prefs";
import { signOut } from "@/features/auth/api";
import { useMarketPrefs } from "@/features/market/store";
import { formatInstant, formatPercent } from "@/ui/format";

import { shellTexts } from "../i18n";
import { useHelp } from "../keys/store";
import type { PaletteItem, PaletteProvider } from "./store";

const MOST = 6;

/** Keep the items whose title or detail holds the query. */
function matching(items: PaletteItem[], query: string): PaletteItem[] {
  const wanted = query.trim().toLowerCase();
  return items.filter(({ title, detail = "" }) => `${title} ${detail}`.toLowerCase().includes(wanted));
}

/** Instruments by the server's search; before a query those looked at last. */
const stocks: PaletteProvider = {
  id: "stocks",
  title: () => shellTexts.text("stocks"),
  search: async (q, signal) => {
    const found: readonly { symbol: string; name: string }[] =
      q === ""
        ? useMarketPrefs.getState().recent.slice(0, MOST)
        : (await unwrap(api.GET("/api/v1/stocks/search", { params: { query: { q, limit: MOST } }, signal }))).items;
    return found.map(({ symbol, name }) => ({
      id: symbol,
      title: name,
      detail: symbol,
      path: `/market/${encodeURIComponent(symbol)}`,
    }));
  },
};

const strategies: PaletteProvider = {
  id: "strategies",
  title: () => shellTexts.text("strategies"),
  search: async (q, signal) => {
    const { items } = await unwrap(api.GET("/api/v1/strategies", { params: { query: { q, limit: q === "" ? 3 : MOST } }, signal }));
    return items.map(({ id, name, updated_at }) => ({
      id,
      title: name,
      detail: formatInstant(updated_at, { seconds: false }),
      path: `/strategies/${id}`,
    }));
  },
};

const backtests: PaletteProvider = {
  id: "backtests",
  title: () => shellTexts.text("backtests"),
  search: async (q, signal) => {
    const { items } = await unwrap(api.GET("/api/v1/backtests", { params: { query: { q, limit: q === "" ? 3 : MOST } }, signal }));
    return items.map(({ id, name, metrics, created_at }) => ({
      id,
      title: name,
      detail: metrics === null ? formatInstant(created_at, { seconds: false }) : formatPercent(metrics.total_return, { sign: true }),
      path: `/backtests/${id}`,
    }));
  },
};

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
      { id: "keys", title: shellTexts.text("keys"), detail: "?", run: () => useHelp.getState().show() },
      { id: "sign-out", title: shellTexts.text("signOut"), detail: "sign out", run: () => void signOut("signed-out") },
    ];
    return Promise.resolve(matching(items, query));
  },
};

/** The groups of the global search, in their order. */
export const PROVIDERS: readonly PaletteProvider[] = [stocks, strategies, backtests, pages, actions];
