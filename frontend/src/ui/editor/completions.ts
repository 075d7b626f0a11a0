import { useEffect, useEffectEvent } from "react";

import type { CodeEditorProps } from "./CodeEditor";
import { languages, type editor } from "./monaco";

const KINDS: Record<string, languages.CompletionItemKind> = {
  function: languages.CompletionItemKind.Function,
  method: languages.CompletionItemKind.Method,
  class: languages.CompletionItemKind.Class,
  module: languages.CompletionItemKind.Module,
  keyword: languages.CompletionItemKind.Keyword,
  property: languages.CompletionItemKind.Property,
  param: languages.CompletionItemKind.Variable,
};

/** Offer what `complete` gives in one editor. */
export function useCompletions(instance: editor.IStandaloneCodeEditor | null, complete: CodeEditorProps["complete"]): void {
  const ask = useEffectEvent((text: string, position: number) => complete?.(text, position) ?? null);
  const on = complete !== undefined;
  useEffect(() => {
    if (!instance || !on) return undefined;
    const provider = languages.registerCompletionItemProvider("python", {
      triggerCharacters: ["."],
      provideCompletionItems: async (model, position) => {
        if (model !== instance.getModel()) return { suggestions: [] };
        const found = await ask(model.getValue(), model.getOffsetAt(position));
        if (found === null) return { suggestions: [] };
        const [from, to] = [model.getPositionAt(found.start), model.getPositionAt(found.end)];
        const range = { startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: to.lineNumber, endColumn: to.column };
        return {
          suggestions: found.matches.map(({ text, kind }, at) => ({
            label: text,
            insertText: text,
            kind: KINDS[kind] ?? languages.CompletionItemKind.Variable,
            sortText: String(at).padStart(4, "0"),
            range,
          })),
        };
      },
    });
    return () => provider.dispose();
  }, [instance, on]);
}
