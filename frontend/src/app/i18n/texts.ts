import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { i18next } from "./setup";

/** What a text's {{names}} are filled with. */
export type Values = Record<string, string | number>;
/** Give the text of a key in the language in force. */
export type Translate<Key extends string> = (key: Key, values?: Values) => string;

export interface Texts<Key extends string> {
  /** The translate function for a component: it renders again when the language changes. */
  useText: () => Translate<Key>;
  /** The same outside of components; do not keep its result. */
  text: Translate<Key>;
  /** Whether a string that came from elsewhere is one of the keys. */
  has: (key: string) => key is Key;
}

/** Register a slice's texts; the compiler asks for each key in both languages.
 *
 * Texts travel in the chunk of the slice that imports them, so that a page loads only its own.
 */
export function defineTexts<const Zh extends Record<string, string>>(
  namespace: string,
  zh: Zh,
  en: Record<keyof Zh & string, string>,
): Texts<keyof Zh & string> {
  type Key = keyof Zh & string;
  i18next.addResourceBundle("zh", namespace, zh);
  i18next.addResourceBundle("en", namespace, en);
  const look = (key: Key, values?: Values): string => i18next.t(key, { ns: namespace, ...values });
  return {
    useText: () => {
      const { t } = useTranslation(namespace);
      // Stable until the language changes, so that what is made of texts can be memoised.
      return useCallback((key: Key, values?: Values) => t(key, { ...values }), [t]);
    },
    text: look,
    has: (key): key is Key => Object.hasOwn(zh, key),
  };
}
