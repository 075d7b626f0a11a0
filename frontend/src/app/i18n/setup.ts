import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import { usePrefs, type Language } from "@/app/prefs";

// No texts yet: they come with the slice that needs them, see `defineTexts`.
void i18next.use(initReactI18next).init({
  lng: usePrefs.getState().language,
  fallbackLng: false,
  initAsync: false,
  resources: {},
  // Keys are whole names: "scope.market:read" is one key, not a path in a namespace.
  nsSeparator: false,
  keySeparator: false,
  // React escapes what it renders.
  interpolation: { escapeValue: false },
  react: { useSuspense: false, bindI18nStore: "added" },
});

function applyLanguage(language: Language): void {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  void i18next.changeLanguage(language);
}

applyLanguage(usePrefs.getState().language);
usePrefs.subscribe((now, before) => {
  if (now.language !== before.language) applyLanguage(now.language);
});

export { i18next };
