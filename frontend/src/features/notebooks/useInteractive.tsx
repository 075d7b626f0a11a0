import { lazy, Suspense, useCallback, useEffect, useEffectEvent, useState, type ReactNode } from "react";

import type { CodeEditorProps, CodeInstance, RunPlace } from "@/ui/editor";
import { Loading } from "@/ui/state";

import { KeyHelp } from "./components/KeyHelp";
import { OutputSwitch } from "./components/OutputSwitch";
import { cellAt, cellsOf } from "./logic/cells";
import { useOutputPlace } from "./outputPlace";
import { useKernel, type Kernel } from "./useKernel";

const CellLayer = lazy(() => import("./cells/CellLayer"));
const InteractiveWindow = lazy(() => import("./components/InteractiveWindow").then((module) => ({ default: module.InteractiveWindow })));

interface Interactive {
  kernel: Kernel;
  /** For the editor of the document. */
  editor: Pick<CodeEditorProps, "onRun" | "complete" | "layer">;
  panel: ReactNode;
  /** For the line below the editor: where outputs stand, and the keys. */
  status: ReactNode;
}

/**
 * The interactive window of a document: run its cells or selection in a kernel, below the editor.
 *
 * `open` says whether its window is shown, `show` shows or hides it, `debugged` whether the debugger is. The line to the
 * kernel stays up once one of them was open.
 */
export function useInteractive(document: string, open: boolean, show: (shown: boolean) => void, onGoTo: (line: number) => void, debugged = false): Interactive {
  const [used, setUsed] = useState(open || debugged);
  if ((open || debugged) && !used) setUsed(true);
  const kernel = useKernel(document, used);
  const { run, ask } = kernel;
  const { state } = kernel.window;
  const below = useOutputPlace((place) => place.below);
  const use = useCallback(() => setUsed(true), []);

  const runCell = useCallback(
    ({ code, line }: { code: string; line: number }) => {
      setUsed(true);
      if (!below) show(true);
      run(code, line);
    },
    [below, run, show],
  );
  // What keeps cells from being run is told in the window.
  const stuck = kernel.refused !== null || kernel.line === "noHost";
  const tell = useEffectEvent(() => show(true));
  useEffect(() => {
    if (stuck && below) tell();
  }, [stuck, below]);
  const layer = useCallback(
    (instance: CodeInstance) => (
      <Suspense fallback={null}>
        <CellLayer instance={instance} kernel={kernel} outputs={below} onRun={runCell} onUse={use} onGoTo={onGoTo} />
      </Suspense>
    ),
    [kernel, below, runCell, use, onGoTo],
  );

  const onRun = useCallback(
    ({ text, line, selection, selectionLine }: RunPlace): number | null => {
      setUsed(true);
      // Of a file that is not divided the end may be far away.
      if (!below || cellsOf(text).length < 2) show(true);
      if (selection.trim() !== "") {
        run(selection, selectionLine);
        return null;
      }
      const { cell, next } = cellAt(text, line);
      if (cell.kind === "code") run(cell.code, cell.line);
      return next;
    },
    [below, run, show],
  );
  const complete = useCallback(
    async (text: string, position: number) => {
      const line = text.slice(0, position).split("\n").length;
      const { cell } = cellAt(text, line);
      const before = text.split("\n").slice(0, cell.line - 1).join("\n").length + (cell.line > 1 ? 1 : 0);
      const answer = await ask({ type: "complete", code: cell.code, position: Math.max(0, position - before) });
      if (answer?.type !== "completions") return null;
      const matches = answer.matches.map((match, at) => ({ text: match, kind: answer.kinds[at] ?? "" }));
      return { start: answer.start + before, end: answer.end + before, matches };
    },
    [ask],
  );

  return {
    kernel,
    editor: { onRun, complete: used && state === "idle" ? complete : undefined, layer },
    panel: (
      <Suspense fallback={<Loading height={200} />}>
        <InteractiveWindow kernel={kernel} onGoTo={onGoTo} onClose={() => show(false)} />
      </Suspense>
    ),
    status: (
      <>
        <OutputSwitch />
        <KeyHelp />
      </>
    ),
  };
}
