import { lazy, Suspense, useCallback, useState, type ReactNode } from "react";

import type { CodeEditorProps, RunPlace } from "@/ui/editor";
import { Loading } from "@/ui/state";

import { cellAt } from "./logic/cells";
import { useKernel, type Kernel } from "./useKernel";

const InteractiveWindow = lazy(() => import("./components/InteractiveWindow").then((module) => ({ default: module.InteractiveWindow })));

interface Interactive {
  kernel: Kernel;
  /** For the editor of the document. */
  editor: Pick<CodeEditorProps, "onRun" | "complete">;
  panel: ReactNode;
}

/**
 * The interactive window of a document: run its cells or selection in a kernel, below the editor.
 *
 * `open` says whether its window is shown, `show` shows or hides it. The line to the kernel stays up once it was open.
 */
export function useInteractive(document: string, open: boolean, show: (shown: boolean) => void, onGoTo: (line: number) => void): Interactive {
  const [used, setUsed] = useState(open);
  if (open && !used) setUsed(true);
  const kernel = useKernel(document, used);
  const { run, ask } = kernel;
  const { state } = kernel.window;

  const onRun = useCallback(
    ({ text, line, selection, selectionLine }: RunPlace): number | null => {
      show(true);
      if (selection.trim() !== "") {
        run(selection, selectionLine);
        return null;
      }
      const { cell, next } = cellAt(text, line);
      run(cell.code, cell.line);
      return next;
    },
    [run, show],
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
    editor: { onRun, complete: used && state === "idle" ? complete : undefined },
    panel: (
      <Suspense fallback={<Loading height={200} />}>
        <InteractiveWindow kernel={kernel} onGoTo={onGoTo} onClose={() => show(false)} />
      </Suspense>
    ),
  };
}
