import { useEffect, useEffectEvent } from "react";

import type { CodeAnalysis } from "./analysis";
import type { CodeEditorProps } from "./CodeEditor";
import { aborting, placeIn, within } from "./language";
import { mergeCompletions } from "./mergeCompletions";
import { languages, type editor } from "./monaco";

/** The kernel's answer is waited for so long where there is another. */
const LIVE_MS = 300;
const Kind = languages.CompletionItemKind;
const KINDS: Record<string, languages.CompletionItemKind> = {
  function: Kind.Function,
  method: Kind.Method,
  class: Kind.Class,
  module: Kind.Module,
  keyword: Kind.Keyword,
  property: Kind.Property,
  instance: Kind.Value,
  statement: Kind.Variable,
  param: Kind.Variable,
};
const AFTER_SPACE = /^\s*(?:import|from(?:\s+[\w.]+\s+import)?)\s+$/;

type Described = languages.CompletionItem & { describe?: (signal: AbortSignal) => ReturnType<CodeAnalysis["describe"]> };

/** Offer what the analysis of the text says, and what a live kernel knows (`complete`), in one editor. */
export function useCompletions(instance: editor.IStandaloneCodeEditor | null, complete: CodeEditorProps["complete"], analysis: CodeAnalysis | undefined): void {
  const asked = useEffectEvent(() => ({ complete, analysis }));
  const on = complete !== undefined || analysis !== undefined;
  useEffect(() => {
    if (!instance || !on) return undefined;
    const provider = languages.registerCompletionItemProvider("python", {
      triggerCharacters: [".", " "],
      provideCompletionItems: async (model, position, context, token) => {
        const { complete: live, analysis: text } = asked();
        if (model !== instance.getModel()) return { suggestions: [] };
        const stopped = () => token.isCancellationRequested;
        const at = placeIn(model, position);
        const line = model.getLineContent(position.lineNumber).slice(0, position.column - 1);
        if (context.triggerCharacter === " " && !AFTER_SPACE.test(line)) return { suggestions: [] };
        const offset = model.getOffsetAt(position);
        const fromText = text?.complete(at, aborting(token)) ?? Promise.resolve(null);
        const fromKernel = live?.(at.text, offset) ?? Promise.resolve(null);
        const known = await fromText;
        if (stopped()) return { suggestions: [] };
        const alive = known === null ? await fromKernel : await within(fromKernel, LIVE_MS);
        if (stopped()) return { suggestions: [] };
        const merged = mergeCompletions(at.text.slice(0, offset), known, alive);
        return {
          suggestions: merged.map(({ name, kind, detail, live: running, start, end, sort }): Described => {
            const [from, to] = [model.getPositionAt(start), model.getPositionAt(end)];
            return {
              label: detail === "" ? name : { label: name, description: detail },
              insertText: name,
              filterText: name,
              kind: KINDS[kind] ?? Kind.Variable,
              sortText: sort,
              range: { startLineNumber: from.lineNumber, startColumn: from.column, endLineNumber: to.lineNumber, endColumn: to.column },
              ...(!running && text !== undefined && { describe: (signal: AbortSignal) => text.describe(at, name, signal) }),
            };
          }),
        };
      },
      resolveCompletionItem: async (item: Described, token) => {
        const told = (await item.describe?.(aborting(token))) ?? null;
        return told === null ? item : { ...item, detail: told.detail.split("\n")[0] ?? "", documentation: { value: told.text } };
      },
    });
    return () => provider.dispose();
  }, [instance, on]);
}
