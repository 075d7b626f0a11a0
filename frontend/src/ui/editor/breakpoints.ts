import type { IRange } from "monaco-editor/editor";
import { useCallback, useEffect, useEffectEvent, useRef, useSyncExternalStore } from "react";

import type { CodeBreakpoint, CodeDebugging } from "./debugging";
import { editor, KeyCode, KeyMod } from "./monaco";
import "./breakpoints.css";

type Editor = editor.IStandaloneCodeEditor;
const { GUTTER_GLYPH_MARGIN } = editor.MouseTargetType;
const STAY = editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges;
const NOTHING: readonly CodeBreakpoint[] = [];
const NO_VALUES: ReadonlyMap<number, string> = new Map();

/** Show breakpoints in the gutter, the line that a stopped program is at, and the values there. */
export function useDebugging(instance: Editor | null, debugging: CodeDebugging | undefined): void {
  const on = debugging !== undefined;
  const model = useModel(instance);
  useEffect(() => instance?.updateOptions({ glyphMargin: on }), [instance, on]);
  useGutter(instance, debugging);
  useMarks(instance, model, debugging);
  useCurrent(instance, model, debugging);
}

/** The file that the editor shows. */
function useModel(instance: Editor | null): editor.ITextModel | null {
  const subscribe = useCallback(
    (changed: () => void) => {
      const listener = instance?.onDidChangeModel(changed);
      return () => listener?.dispose();
    },
    [instance],
  );
  return useSyncExternalStore(subscribe, () => instance?.getModel() ?? null);
}

/** Clicks in the gutter, a faint mark under the mouse, and the keys. */
function useGutter(instance: Editor | null, debugging: CodeDebugging | undefined): void {
  const toggle = useEffectEvent((line: number) => debugging?.onToggle(line));
  const edit = useEffectEvent((line: number, at: { x: number; y: number }) => debugging?.onEdit(line, at));
  const run = useEffectEvent(() => debugging?.onRun());
  const cursor = useEffectEvent((line: number) => debugging?.onCursor(line));
  const hint = useEffectEvent((line: number) => (debugging?.breakpoints.some((each) => each.line === line) === true ? null : debugging?.addHint));
  const on = debugging !== undefined;
  const toggleLabel = debugging?.labels.toggle ?? "";
  const editLabel = debugging?.labels.edit ?? "";
  const runLabel = debugging?.labels.run ?? "";

  useEffect(() => {
    if (!instance || !on) return undefined;
    const under = instance.createDecorationsCollection();
    const listeners = [
      instance.onMouseDown(({ target, event }) => {
        if (target.type !== GUTTER_GLYPH_MARGIN) return;
        if (event.leftButton) toggle(target.position.lineNumber);
      }),
      instance.onContextMenu(({ target, event }) => {
        if (target.type !== GUTTER_GLYPH_MARGIN) return;
        edit(target.position.lineNumber, { x: event.browserEvent.clientX, y: event.browserEvent.clientY });
      }),
      instance.onMouseMove(({ target }) => {
        const line = target.type === GUTTER_GLYPH_MARGIN && !target.detail.isAfterLines ? target.position.lineNumber : 0;
        const said = line === 0 ? null : hint(line);
        if (said == null) under.clear();
        else under.set([{ range: lineRange(line), options: { glyphMarginClassName: "bp bp-hint", glyphMarginHoverMessage: { value: said } } }]);
      }),
      instance.onMouseLeave(() => under.clear()),
      instance.onDidChangeCursorPosition(({ position }) => cursor(position.lineNumber)),
    ];
    return () => {
      for (const listener of listeners) listener.dispose();
      under.clear();
    };
  }, [instance, on]);

  useEffect(() => {
    if (!instance || !on) return undefined;
    const commands: [string, string, number, (line: number, from: editor.ICodeEditor) => void][] = [
      ["breakpoint", toggleLabel, KeyCode.F9, (line) => toggle(line)],
      ["editBreakpoint", editLabel, KeyMod.Shift | KeyCode.F9, (line, from) => edit(line, besides(from, line))],
      ["debugCell", runLabel, KeyMod.Alt | KeyMod.Shift | KeyCode.Enter, () => run()],
    ];
    const actions = commands.map(([id, label, keys, act], at) =>
      instance.addAction({
        id: `quantdesk.${id}`,
        label,
        keybindings: [keys],
        contextMenuGroupId: "9_debug",
        contextMenuOrder: at,
        run: (from) => act(from.getPosition()?.lineNumber ?? 1, from),
      }),
    );
    return () => {
      for (const action of actions) action.dispose();
    };
  }, [instance, on, toggleLabel, editLabel, runLabel]);
}

/** The breakpoints' marks; they stay with their text, and tell when it has moved. */
function useMarks(instance: Editor | null, model: editor.ITextModel | null, debugging: CodeDebugging | undefined): void {
  const breakpoints = debugging?.breakpoints ?? NOTHING;
  const move = useEffectEvent((lines: ReadonlyMap<string, number>) => debugging?.onMove(lines));
  useEffect(() => {
    if (!instance || !model || breakpoints.length === 0) return undefined;
    const last = model.getLineCount();
    const marks = instance.createDecorationsCollection(
      breakpoints.map(({ line, kind, state, hint }) => ({
        range: textRange(model, Math.min(line, last)),
        options: {
          glyphMarginClassName: `bp bp-${kind} bp-${state}`,
          glyphMarginHoverMessage: { value: hint },
          stickiness: STAY,
        },
      })),
    );
    const listener = model.onDidChangeContent(() => {
      const moved = new Map<string, number>();
      for (const [at, { id, line }] of breakpoints.entries()) {
        const now = marks.getRange(at)?.startLineNumber;
        if (now !== undefined && now !== line) moved.set(id, now);
      }
      if (moved.size > 0) move(moved);
    });
    return () => {
      listener.dispose();
      marks.clear();
    };
  }, [instance, model, breakpoints]);
}

/** The line that the program is at, and the values at the ends of lines. */
function useCurrent(instance: Editor | null, model: editor.ITextModel | null, debugging: CodeDebugging | undefined): void {
  const current = debugging?.current ?? null;
  const revealed = useRef("");
  const values = debugging?.values ?? NO_VALUES;
  useEffect(() => {
    if (!instance || !model || current === null || current.line > model.getLineCount()) return undefined;
    const name = current.top ? "debug-line" : "debug-line debug-line-caller";
    const mark = instance.createDecorationsCollection([
      {
        range: lineRange(current.line),
        options: {
          isWholeLine: true,
          className: name,
          glyphMarginClassName: current.top ? "debug-arrow" : "debug-arrow debug-arrow-caller",
          stickiness: STAY,
          overviewRuler: { color: "#c08a00", position: editor.OverviewRulerLane.Full },
        },
      },
    ]);
    if (revealed.current !== current.stop) instance.revealLineInCenterIfOutsideViewport(current.line);
    revealed.current = current.stop;
    return () => mark.clear();
  }, [instance, model, current]);

  useEffect(() => {
    if (!instance || !model || values.size === 0) return undefined;
    const shown = instance.createDecorationsCollection(
      [...values]
        .filter(([line]) => line <= model.getLineCount())
        .map(([line, text]) => {
          const column = model.getLineMaxColumn(line);
          return {
            range: { startLineNumber: line, startColumn: column, endLineNumber: line, endColumn: column },
            options: {
              showIfCollapsed: true,
              stickiness: STAY,
              after: { content: `  ${text}`, inlineClassName: "debug-value", cursorStops: editor.InjectedTextCursorStops.None },
            },
          };
        }),
    );
    return () => shown.clear();
  }, [instance, model, values]);
}

const lineRange = (line: number): IRange => ({ startLineNumber: line, startColumn: 1, endLineNumber: line, endColumn: 1 });

/** The text of a line without its indentation: what is put in front of it moves it on. */
function textRange(model: editor.ITextModel, line: number): IRange {
  const first = model.getLineFirstNonWhitespaceColumn(line);
  return { startLineNumber: line, startColumn: Math.max(1, first), endLineNumber: line, endColumn: model.getLineMaxColumn(line) };
}

/** A place on the screen below the beginning of a line. */
function besides(from: editor.ICodeEditor, line: number): { x: number; y: number } {
  from.revealLine(line);
  const place = from.getScrolledVisiblePosition({ lineNumber: line, column: 1 });
  const box = from.getDomNode()?.getBoundingClientRect();
  return { x: (box?.left ?? 0) + (place?.left ?? 0), y: (box?.top ?? 0) + (place?.top ?? 0) + (place?.height ?? 0) };
}

