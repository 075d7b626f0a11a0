import { useEffect, useEffectEvent } from "react";

import type { CodeAnalysis, CodeDefinition, CodePlace } from "./analysis";
import { editor, languages, Uri, type CancellationToken, type IPosition, type IRange } from "./monaco";

const LIBRARY = "quantdesk-library";
/** Files of libraries that stay open for the peek. */
const LIBRARIES = 8;

/** Signatures, help and definitions of the analysis, in one editor. */
export function useLanguage(instance: editor.IStandaloneCodeEditor | null, analysis: CodeAnalysis | undefined): void {
  const asked = useEffectEvent(() => analysis);
  const on = analysis !== undefined;
  useEffect(() => {
    if (!instance || !on) return undefined;
    const opened: editor.ITextModel[] = [];
    const ours = (model: editor.ITextModel) => (model === instance.getModel() ? asked() : undefined);
    const registered = [
      languages.registerHoverProvider("python", {
        provideHover: async (model, position, token) => {
          const text = await ours(model)?.hover(placeIn(model, position), aborting(token));
          return text ? { contents: [{ value: text }] } : null;
        },
      }),
      languages.registerSignatureHelpProvider("python", {
        signatureHelpTriggerCharacters: ["(", ","],
        signatureHelpRetriggerCharacters: [")", "="],
        provideSignatureHelp: async (model, position, token) => {
          const told = await ours(model)?.signature(placeIn(model, position), aborting(token));
          if (!told || told.signatures.length === 0) return null;
          const signatures = told.signatures.map(({ label, parameters, text }) => ({ label, documentation: text, parameters: spans(label, parameters) }));
          const activeParameter = told.parameter ?? signatures[told.signature]?.parameters.length ?? 0;
          return { value: { signatures, activeSignature: told.signature, activeParameter }, dispose: () => undefined };
        },
      }),
      languages.registerDefinitionProvider("python", {
        provideDefinition: async (model, position, token) => {
          const found = await ours(model)?.definition(placeIn(model, position), aborting(token));
          return (found ?? []).map((one) => locationOf(one, model.uri, opened));
        },
      }),
      editor.registerEditorOpener({
        openCodeEditor: (source, resource, selection) => {
          if (source !== instance || resource.toString() === source.getModel()?.uri.toString()) return false;
          if (resource.scheme === LIBRARY) {
            // Read beside the place it was asked from, rather than in place of one's own file.
            source.trigger(LIBRARY, "editor.action.peekDefinition", null);
            return true;
          }
          asked()?.onOpen(resource.path.slice(1), lineOf(selection));
          return true;
        },
      }),
    ];
    return () => {
      for (const one of [...registered, ...opened]) one.dispose();
    };
  }, [instance, on]);
}

/** A place as the analysis counts it. */
export function placeIn(model: editor.ITextModel, { lineNumber, column }: IPosition): CodePlace {
  const before = model.getLineContent(lineNumber).slice(0, column - 1);
  return { text: model.getValue(), path: model.uri.path.slice(1), line: lineNumber, column: Array.from(before).length };
}

/** Give a signal that aborts when Monaco no longer waits. */
export function aborting(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/** Give what comes in time, else null. */
export function within<T>(promise: Promise<T | null>, ms: number): Promise<T | null> {
  return Promise.race([promise.catch(() => null), new Promise<null>((resolve) => setTimeout(() => resolve(null), ms))]);
}

/** Where each parameter stands in the label, one after another. */
export function spans(label: string, parameters: readonly string[]): { label: [number, number] }[] {
  let from = label.indexOf("(") + 1;
  return parameters.map((text) => {
    const start = Math.max(label.indexOf(text, from), 0);
    from = start + text.length;
    return { label: [start, from] };
  });
}

function locationOf({ path, module, line, column, excerpt }: CodeDefinition, from: Uri, opened: editor.ITextModel[]): languages.Location {
  if (path !== null) {
    const range = { startLineNumber: line, startColumn: column + 1, endLineNumber: line, endColumn: column + 1 };
    return { uri: from.with({ path: `/${path}` }), range };
  }
  const first = excerpt?.firstLine ?? 1;
  const uri = Uri.from({ scheme: LIBRARY, path: `/${(module ?? "library").replaceAll(".", "/")}.py`, query: String(first) });
  if (editor.getModel(uri) === null) {
    opened.push(editor.createModel(excerpt?.text ?? "", "python", uri));
    while (opened.length > LIBRARIES) opened.shift()?.dispose();
  }
  const row = line - first + 1;
  return { uri, range: { startLineNumber: row, startColumn: column + 1, endLineNumber: row, endColumn: column + 1 } };
}

const lineOf = (selection: IRange | IPosition | undefined): number =>
  selection === undefined ? 1 : "lineNumber" in selection ? selection.lineNumber : selection.startLineNumber;

