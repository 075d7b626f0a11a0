import type { English } from "@/app/i18n";

import type { zh } from "./i18n.zh";

export const en: English<typeof zh> = {
  quick: "Quick run",
  hint: "Runs at once, unsaved, on the symbols, dates and parameters at the right ({{keys}})",
  keys: "Ctrl/⌘+Shift+Enter",
  run: "Run",
  cancel: "Cancel",
  auto: "Run when typing pauses",
  autoHint: "Runs 0.6 s after the last key when there is no syntax error, and when a parameter changes",
  running: "Running",
  took: "took {{seconds}} s",
  failed: "Not run",
  on: "{{symbols}} · {{start}} – {{end}}",
  onMany: "{{symbols}} and others, {{count}} in all · {{start}} – {{end}}",
  firstOnly: "only the first {{count}}",
  emptyTitle: "See what an edit does",
  emptyText: "{{keys}} runs the code as it stands in the editor. Equity, key figures and errors appear here; the next run marks how far each figure has moved.",
  blockedForm: "Backtest settings: {{fault}}",
};
