import { usePrefs, type Language } from "@/app/prefs";

type InBoth<Name extends string, Text> = Record<`${Name}_zh` | `${Name}_en`, Text>;
type InBothMaybe<Name extends string, Text> = Partial<InBoth<Name, Text>>;

/** Give the server's text in a language: `localText(error, "message", "en")` reads `error.message_en`. */
export function localText<Name extends string>(item: InBoth<Name, string>, name: Name, language: Language): string;
export function localText<Name extends string>(
  item: InBothMaybe<Name, string | null>,
  name: Name,
  language: Language,
): string | null;
export function localText(item: object, name: string, language: Language): string | null {
  return (item as Record<string, string | null | undefined>)[`${name}_${language}`] ?? null;
}

export const useLanguage = (): Language => usePrefs((prefs) => prefs.language);
