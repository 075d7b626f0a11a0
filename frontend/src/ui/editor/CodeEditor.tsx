import { lazy, Suspense, type CSSProperties, type ReactNode } from "react";

import { uiTexts } from "@/ui/i18n";
import { Skeleton } from "@/ui/state";

import type { CodeAnalysis } from "./analysis";
import type { CodeDebugging } from "./debugging";
import type { editor } from "./monaco";
import "./editor.css";

/** Something to point at in the code. Lines and columns count from 1. */
export interface CodeMarker {
  line: number;
  /** Without columns the whole line's text is marked. */
  column?: number;
  /** The marked part's last line; without it the marker ends on its line. */
  endLine?: number;
  endColumn?: number;
  message: string;
  /** What found it, e.g. F401. */
  rule?: string;
  severity?: "error" | "warning";
}

/** Where code is to be run from. `onRun` gives the line to go on to, or null. */
export interface RunPlace {
  text: string;
  /** The cursor's line, from 1. */
  line: number;
  /** Empty when nothing is selected. */
  selection: string;
  /** First line of the selection. */
  selectionLine: number;
}

/** Texts that may replace the part of the text from `start` to `end`. */
export interface Completion {
  start: number;
  end: number;
  matches: readonly { text: string; kind: string }[];
}

export interface CodeEditorProps {
  value: string;
  /** The file shown, whose text `value` is. Each file has its own undo history, cursor and scroll. */
  path?: string;
  /** The files that are open: what is kept of others is let go. */
  open?: readonly string[];
  /** `path` is that of the file that was changed. */
  onChange?: (value: string, path: string) => void;
  /** Ctrl/⌘ S. */
  onSave?: () => void;
  /** Shift Alt F. */
  onFormat?: () => void;
  readOnly?: boolean;
  /** Shift Enter runs and goes on, Ctrl/⌘ Enter runs and stays: the selection, or what the page takes for a cell. */
  onRun?: ((place: RunPlace) => number | null) | undefined;
  /** Give what may follow at a place in the text, in characters from its start. */
  complete?: ((text: string, position: number) => Promise<Completion | null>) | undefined;
  /** Completion, signatures, help and definitions by the text alone. */
  analysis?: CodeAnalysis | undefined;
  /** Names the editor for screen readers. */
  label: string;
  markers?: readonly CodeMarker[];
  /** Line to scroll to and put the cursor on, once `path` is shown; a new object does so again, also for the same line. */
  reveal?: Readonly<{ line: number; path?: string }> | undefined;
  /** Text to put where the cursor is; a new object does so again. */
  insert?: Readonly<{ text: string }> | undefined;
  height?: CSSProperties["height"];
  /** Breakpoints, and where a stopped program is. */
  debugging?: CodeDebugging | undefined;
  /** What is drawn upon the code, once Monaco is there. */
  layer?: ((instance: CodeInstance) => ReactNode) | undefined;
}

/** Monaco's editor, for what is drawn upon the code. */
export type CodeInstance = editor.IStandaloneCodeEditor;

export interface CodeDiffProps {
  /** Says the language. */
  path?: string;
  original: string;
  modified: string;
  label: string;
  height?: CSSProperties["height"];
}

const MonacoEditor = lazy(() => import("./MonacoEditor"));
const MonacoDiff = lazy(() => import("./MonacoDiff"));

/** Load the editor's chunk before it is shown, e.g. when a strategy is hovered. */
export function prefetchEditor(): void {
  void import("./MonacoEditor").catch(() => undefined);
}

function Opening() {
  const t = uiTexts.useText();
  return (
    <div role="status" aria-label={t("editorLoading")} className="code-editor-host">
      <Skeleton height="100%" />
    </div>
  );
}

/** An editor of Python, and of Markdown as plain text. Give it a `path` per file. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <div className="code-editor" style={{ height: props.height ?? "100%" }}>
      <Suspense fallback={<Opening />}>
        <MonacoEditor {...props} />
      </Suspense>
    </div>
  );
}

/** Two versions of a file side by side; one under the other where it is narrow. */
export function CodeDiff(props: CodeDiffProps) {
  return (
    <div className="code-editor" style={{ height: props.height ?? "100%" }}>
      <Suspense fallback={<Opening />}>
        <MonacoDiff {...props} />
      </Suspense>
    </div>
  );
}
