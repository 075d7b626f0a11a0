/** Monaco with Python and the features an editor of one file needs, from our own bundle. Always loaded lazily. */
import { editor, KeyCode, KeyMod, languages, MarkerSeverity, Uri, type CancellationToken, type IPosition, type IRange } from "monaco-editor/editor";
import EditorWorker from "monaco-editor/editor/editor.worker?worker";
import "monaco-editor/features/bracketMatching/register";
import "monaco-editor/features/caretOperations/register";
import "monaco-editor/features/clipboard/register";
import "monaco-editor/features/codeEditor/register";
import "monaco-editor/features/codicon/register";
import "monaco-editor/features/comment/register";
import "monaco-editor/features/contextmenu/register";
import "monaco-editor/features/cursorUndo/register";
import "monaco-editor/features/diffEditor/register";
import "monaco-editor/features/find/register";
import "monaco-editor/features/folding/register";
import "monaco-editor/features/gotoError/register";
import "monaco-editor/features/gotoSymbol/register";
import "monaco-editor/features/hover/register";
import "monaco-editor/features/indentation/register";
import "monaco-editor/features/linesOperations/register";
import "monaco-editor/features/multicursor/register";
import "monaco-editor/features/parameterHints/register";
import "monaco-editor/features/readOnlyMessage/register";
import "monaco-editor/features/referenceSearch/register";
import "monaco-editor/features/snippet/register";
// `features/suggest` brings inline suggestions only; the list of completions is this.
import "monaco-editor/editor/contrib/suggest/browser/suggestController";
import "monaco-editor/features/suggest/register";
import "monaco-editor/features/toggleTabFocusMode/register";
import "monaco-editor/features/wordHighlighter/register";
import "monaco-editor/features/wordOperations/register";
import "monaco-editor/languages/definitions/python/register";

import { MONO, PALETTES, type Mode } from "@/app/theme/tokens";

globalThis.MonacoEnvironment = { getWorker: () => new EditorWorker() };

const bare = (colour: string) => colour.slice(1);

for (const mode of ["light", "dark"] as const) {
  const palette = PALETTES[mode];
  editor.defineTheme(themeName(mode), {
    base: mode === "dark" ? "vs-dark" : "vs",
    inherit: true,
    rules: [{ token: "comment", foreground: bare(palette.textSoft) }],
    colors: {
      "editor.background": palette.surface,
      "editor.foreground": palette.text,
      "editorGutter.background": palette.surface,
      "editorLineNumber.foreground": palette.textSoft,
      "editorLineNumber.activeForeground": palette.text,
      "editorLineNumber.dimmedForeground": palette.textSoft,
      "editor.lineHighlightBorder": palette.hairline,
      "editorWidget.background": palette.raised,
      "editorWidget.border": palette.border,
      "peekViewEditor.background": palette.surface,
      "peekViewEditorGutter.background": palette.surface,
      "peekViewTitle.background": palette.raised,
      "peekViewResult.background": palette.raised,
      "peekView.border": palette.border,
    },
  });
}

export function themeName(mode: Mode): string {
  return `quantdesk-${mode}`;
}

/** Settings of every editor of the product. */
export const EDITOR_OPTIONS: editor.IEditorOptions & editor.IGlobalEditorOptions = {
  fontFamily: MONO,
  fontSize: 13,
  lineHeight: 20,
  minimap: { enabled: false },
  scrollBeyondLastLine: false,
  automaticLayout: true,
  tabSize: 4,
  insertSpaces: true,
  renderLineHighlight: "line",
  padding: { top: 8, bottom: 8 },
  // Chinese punctuation and letters in comments are no attack.
  unicodeHighlight: { ambiguousCharacters: false },
  fixedOverflowWidgets: true,
};

export { editor, KeyCode, KeyMod, languages, MarkerSeverity, Uri };
export type { CancellationToken, IPosition, IRange };
