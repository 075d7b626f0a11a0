import { useEffect, useEffectEvent, useRef, useState } from "react";

import { usePrefs } from "@/app/prefs";
import { useTheme } from "@/app/theme/useTheme";

import type { CodeEditorProps } from "./CodeEditor";
import { editor, EDITOR_OPTIONS, KeyCode, KeyMod, MarkerSeverity, themeName } from "./monaco";

const OWNER = "quantdesk";
const SEVERITY = { error: MarkerSeverity.Error, warning: MarkerSeverity.Warning };

export default function MonacoEditor({ value, onChange, onSave, readOnly = false, label, markers, reveal }: CodeEditorProps) {
  const container = useRef<HTMLDivElement>(null);
  const [instance, setInstance] = useState<editor.IStandaloneCodeEditor | null>(null);
  const { mode, reducedMotion } = useTheme();
  const language = usePrefs((prefs) => prefs.language);
  const change = useEffectEvent((text: string) => onChange?.(text));
  const save = useEffectEvent(() => onSave?.());
  const firstValue = useEffectEvent(() => value);

  useEffect(() => {
    if (container.current === null) return undefined;
    const model = editor.createModel(firstValue(), "python");
    const created = editor.create(container.current, { ...EDITOR_OPTIONS, model });
    created.onDidChangeModelContent(() => change(created.getValue()));
    // An action belongs to its editor; a command would go to the one made last on the page.
    created.addAction({
      id: "quantdesk.save",
      label: "Save",
      keybindings: [KeyMod.CtrlCmd | KeyCode.KeyS],
      run: () => save(),
    });
    setInstance(created);
    return () => {
      created.dispose();
      model.dispose();
      setInstance(null);
    };
  }, []);

  useEffect(() => {
    const model = instance?.getModel();
    if (!instance || !model || model.getValue() === value) return;
    // As an edit, so that undo leads back to what was there.
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text: value }], () => null);
  }, [instance, value]);

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
      (markers ?? []).map(({ line, column, endColumn, message, severity = "error" }) => {
        const row = Math.min(Math.max(1, line), model.getLineCount());
        return {
          startLineNumber: row,
          endLineNumber: row,
          startColumn: column ?? Math.max(1, model.getLineFirstNonWhitespaceColumn(row)),
          endColumn: endColumn ?? model.getLineMaxColumn(row),
          message,
          severity: SEVERITY[severity],
        };
      }),
    );
  }, [instance, markers]);

  useEffect(() => {
    if (!instance || reveal === undefined) return;
    const line = Math.min(Math.max(1, reveal.line), instance.getModel()?.getLineCount() ?? 1);
    instance.revealLineInCenter(line);
    instance.setPosition({ lineNumber: line, column: 1 });
    instance.focus();
  }, [instance, reveal]);

  return <div ref={container} className="code-editor-host" />;
}
