import type { English } from "@/app/i18n";

import type { zh } from "./i18n.zh";

export const en: English<typeof zh> = {
  help: "Help",
  search: "Search functions, properties, words",
  found: "{{count}} entries",
  found_one: "{{count}} entry",
  empty: "Nothing found for “{{query}}”. Try other words, e.g. order, sma, position.",
  parameters: "Arguments",
  members: "Members",
  raises: "Raises",
  example: "Example",
  insert: "Insert at cursor",
  copy: "Copy",
  copied: "Copied",
  copyFailed: "The browser does not allow copying; select the text by hand",
  loading: "Opening the help",
};
