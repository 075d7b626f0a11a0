import { changes, lineAfter, toEdits } from "./lineDiff";
import type { editor } from "./monaco";

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

/** Put another text into an editor, as one step of its undo history; the cursor stays on its line. */
export function replaceText(instance: editor.IStandaloneCodeEditor, model: editor.ITextModel, text: string): void {
  const before = linesOf(model.getValue());
  const found = changes(before, linesOf(text));
  const cursor = instance.getPosition();
  const edits =
    found === null
      ? [{ range: model.getFullModelRange(), text }]
      : toEdits(before, found).map(({ line, column, endLine, endColumn, text: put }) => ({
          range: { startLineNumber: line, startColumn: column, endLineNumber: endLine, endColumn },
          text: put,
        }));
  model.pushStackElement();
  model.pushEditOperations([], edits, () => null);
  model.pushStackElement();
  if (cursor === null) return;
  const lineNumber = lineAfter(found ?? [], cursor.lineNumber);
  instance.setPosition(model.validatePosition({ lineNumber, column: cursor.column }));
}
