import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { i18next } from "./setup";

/** What a text's {{names}} are filled with. */
export type Values = Record<string, string | number>;
/** Give the text of a key in the language in force. */
export type Translate<Key extends string> = (key: Key, values?: Values) => string;

/** English texts for the Chinese ones; where one thing reads unlike many, the text of a single {{count}} is under `key_one`. */
export type English<Zh> = Record<keyof Zh & string, string> & Partial<Record<`${keyof Zh & string}_one`, string>>;

/** A count may come as it is written: "1" is one thing all the same. */
const counted = (values?: Values): Values => (values?.count === "1" ? { ...values, count: 1 } : { ...values });

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
  const look = (key: Key, values?: Values): string => i18next.t(key, { ns: namespace, ...counted(values) });
  return {
    useText: () => {
      const { t } = useTranslation(namespace);
      // Stable until the language changes, so that what is made of texts can be memoised.
      return useCallback((key: Key, values?: Values) => t(key, counted(values)), [t]);
    },
    text: look,
    has: (key): key is Key => Object.hasOwn(zh, key),
  };
}
