import { useEffect } from "react";

import type { CodeEditorProps } from "./CodeEditor";
import type { editor } from "./monaco";

/** Indent a text as the line is where it goes; behind other text several lines begin on one of their own. */
export function fitting(text: string, before: string): string {
  const indent = /^\s*/.exec(before)?.[0] ?? "";
  const indented = text.replace(/\n(?=[^\n])/g, `\n${indent}`);
  if (before.trim() === "") return indented;
  const bare = indented.trimEnd();
  return bare.includes("\n") ? `\n${indent}${bare}` : bare;
}

/** Put text where the cursor is, each line indented as far as the cursor's; one step of undo. */
export function useInsert(instance: editor.IStandaloneCodeEditor | null, insert: CodeEditorProps["insert"]): void {
  useEffect(() => {
    const selection = instance?.getSelection();
    const model = instance?.getModel();
    if (!instance || !model || !selection || insert === undefined) return;
    const before = model.getLineContent(selection.startLineNumber).slice(0, selection.startColumn - 1);
    const text = fitting(insert.text, before);
    instance.pushUndoStop();
    instance.executeEdits("quantdesk.insert", [{ range: selection, text, forceMoveMarkers: true }]);
    instance.pushUndoStop();
    instance.focus();
  }, [instance, insert]);
}
