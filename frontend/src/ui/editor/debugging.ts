/** A place where the program is to stop. */
export interface CodeBreakpoint {
  id: string;
  /** From 1. */
  line: number;
  kind: "plain" | "condition" | "log";
  /** One that is off, or not known to the program, is drawn grey. */
  state: "on" | "off" | "unverified";
  /** What it does, in words: said on hover. */
  hint: string;
}

/** What an editor shows of a program that is debugged, and what a person does to it there. Keep lists and maps stable. */
export interface CodeDebugging {
  breakpoints: readonly CodeBreakpoint[];
  /** The line that runs next, or (not `top`) the one that called it; another name of the stop scrolls to it. */
  current: Readonly<{ line: number; top: boolean; stop: string }> | null;
  /** Texts for the ends of lines: values of the variables there. */
  values: ReadonlyMap<number, string>;
  /** Said on hover where there is no breakpoint. */
  addHint: string;
  /** Names of the commands in the editor's menu. */
  labels: { toggle: string; edit: string; run: string };
  /** Set a breakpoint, or take it away. */
  onToggle: (line: number) => void;
  /** Edit a line's breakpoint, beside a place on the screen. */
  onEdit: (line: number, at: { x: number; y: number }) => void;
  /** Edits of the text have moved breakpoints: their new lines. */
  onMove: (lines: ReadonlyMap<string, number>) => void;
  /** The cursor has come to a line. */
  onCursor: (line: number) => void;
  /** Alt Shift Enter: debug what is at the cursor. */
  onRun: () => void;
}
