import { useEffect, useEffectEvent, useRef, useState } from "react";

import { usePrefs } from "@/app/prefs";
import { useTheme } from "@/app/theme/useTheme";

import { useDebugging } from "./breakpoints";
import type { CodeEditorProps } from "./CodeEditor";
import { useCompletions } from "./completions";
import { FileModels } from "./fileModels";
import { useLanguage } from "./language";
import { editor, EDITOR_OPTIONS, KeyCode, KeyMod, MarkerSeverity, themeName } from "./monaco";
import { replaceText } from "./replaceText";
import { useInsert } from "./useInsert";

const OWNER = "quantdesk";
const DEFAULT_PATH = "strategy.py";
const SEVERITY = { error: MarkerSeverity.Error, warning: MarkerSeverity.Warning };

export default function MonacoEditor({ value, onChange, onSave, onFormat, onRun, complete, analysis, readOnly = false, label, markers, reveal, insert, path = DEFAULT_PATH, open, debugging, layer }: CodeEditorProps) {
  const container = useRef<HTMLDivElement>(null);
  const [opened, setOpened] = useState<{ instance: editor.IStandaloneCodeEditor; files: FileModels } | null>(null);
  const instance = opened?.instance ?? null;
  const revealed = useRef<CodeEditorProps["reveal"]>(undefined);
  const { mode, reducedMotion } = useTheme();
  const language = usePrefs((prefs) => prefs.language);
  const change = useEffectEvent((text: string, of: string) => onChange?.(text, of));
  const save = useEffectEvent(() => onSave?.());
  const format = useEffectEvent(() => onFormat?.());
  const run = useEffectEvent((from: editor.ICodeEditor, goOn: boolean) => {
    const place = placeOf(from);
    const next = place === null ? null : (onRun?.(place) ?? null);
    if (!goOn || next === null) return;
    from.setPosition({ lineNumber: next, column: 1 });
    from.revealLineInCenterIfOutsideViewport(next);
  });
  const show = useEffectEvent((files: FileModels) => files.show(path, value));
  useCompletions(instance, complete, analysis);
  useLanguage(instance, analysis);

  useEffect(() => {
    if (container.current === null) return undefined;
    const created = editor.create(container.current, { ...EDITOR_OPTIONS, model: null });
    const files = new FileModels(created, (text, of) => change(text, of));
    show(files);
    // An action belongs to its editor; a command would go to the one made last on the page.
    created.addAction({
      id: "quantdesk.save",
      label: "Save",
      keybindings: [KeyMod.CtrlCmd | KeyCode.KeyS],
      run: () => save(),
    });
    created.addAction({
      id: "quantdesk.format",
      label: "Format",
      keybindings: [KeyMod.Shift | KeyMod.Alt | KeyCode.KeyF],
      run: () => format(),
    });
    for (const [id, keys, goOn] of [
      ["runAndGoOn", KeyMod.Shift | KeyCode.Enter, true],
      ["run", KeyMod.CtrlCmd | KeyCode.Enter, false],
    ] as const) {
      created.addAction({ id: `quantdesk.${id}`, label: "Run", keybindings: [keys], run: () => run(created, goOn) });
    }
    setOpened({ instance: created, files });
    return () => {
      created.dispose();
      files.dispose();
      setOpened(null);
    };
  }, []);

  // The file before its text, and both before what is drawn upon it.
  useEffect(() => (opened === null ? undefined : show(opened.files)), [opened, path]);
  useEffect(() => {
    const model = opened?.instance.getModel();
    if (!opened || !model || !opened.files.isNew(path, value)) return;
    replaceText(opened.instance, model, value);
  }, [opened, path, value]);
  useEffect(() => (open === undefined ? undefined : opened?.files.keep(open)), [opened, open]);

  useEffect(() => editor.setTheme(themeName(mode)), [mode]);

  useEffect(() => {
    instance?.updateOptions({
      readOnly,
      ariaLabel: label,
      cursorBlinking: reducedMotion ? "solid" : "blink",
      readOnlyMessage: { value: language === "zh" ? "只读" : "Read-only" },
    });
  }, [instance, readOnly, label, reducedMotion, language]);

  useEffect(() => {
    const model = instance?.getModel();
    if (!model) return;
    editor.setModelMarkers(
      model,
      OWNER,
      (markers ?? []).map(({ line, column, endLine, endColumn, message, rule, severity = "error" }) => {
        const within = (row: number) => Math.min(Math.max(1, row), model.getLineCount());
        const row = within(line);
        const endRow = within(endLine ?? line);
        return {
          startLineNumber: row,
          endLineNumber: endRow,
          startColumn: column ?? Math.max(1, model.getLineFirstNonWhitespaceColumn(row)),
          endColumn: endColumn ?? model.getLineMaxColumn(endRow),
          message,
          ...(rule !== undefined && { code: rule }),
          severity: SEVERITY[severity],
        };
      }),
    );
  }, [instance, path, markers]);

  useEffect(() => {
    // Once: coming back to the file later leaves the cursor where it was.
    if (!instance || reveal === undefined || reveal === revealed.current || (reveal.path ?? path) !== path) return;
    revealed.current = reveal;
    const line = Math.min(Math.max(1, reveal.line), instance.getModel()?.getLineCount() ?? 1);
    instance.revealLineInCenter(line);
    instance.setPosition({ lineNumber: line, column: 1 });
    instance.focus();
  }, [instance, path, reveal]);

  useInsert(instance, insert);
  useDebugging(instance, debugging);

  return (
    <>
      <div ref={container} className="code-editor-host" />
      {instance !== null && layer?.(instance)}
    </>
  );
}

function placeOf(from: editor.ICodeEditor) {
  const model = from.getModel();
  const position = from.getPosition();
  const selection = from.getSelection();
  if (model === null || position === null || selection === null) return null;
  return {
    text: model.getValue(),
    line: position.lineNumber,
    selection: model.getValueInRange(selection),
    selectionLine: selection.startLineNumber,
  };
}
