import { ConsoleSqlOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { lazy, Suspense, useCallback, useState, type ReactNode } from "react";

import type { CodeEditorProps, RunPlace } from "@/ui/editor";
import { Loading } from "@/ui/state";

import { notebookTexts } from "./i18n";
import { cellAt } from "./logic/cells";
import { useKernel } from "./useKernel";

const InteractiveWindow = lazy(() => import("./components/InteractiveWindow").then((module) => ({ default: module.InteractiveWindow })));
const OPEN = "qd.interactive";

interface Interactive {
  /** For the editor of the document. */
  editor: Pick<CodeEditorProps, "onRun" | "complete">;
  button: ReactNode;
  panel: ReactNode;
}

/** The interactive window of a document: run its cells or selection in a kernel, beside the editor. */
export function useInteractive(document: string, onGoTo: (line: number) => void): Interactive {
  const t = notebookTexts.useText();
  const [open, setOpen] = useState(() => localStorage.getItem(OPEN) === "1");
  const kernel = useKernel(document, open);
  const show = useCallback((shown: boolean) => {
    localStorage.setItem(OPEN, shown ? "1" : "0");
    setOpen(shown);
  }, []);
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
    editor: { onRun, complete: open && state === "idle" ? complete : undefined },
    button: (
      <Button size="small" type={open ? "primary" : "default"} icon={<ConsoleSqlOutlined aria-hidden />} title={t("openHint")} aria-pressed={open} onClick={() => show(!open)}>
        {t("open")}
      </Button>
    ),
    panel: open && (
      <Suspense fallback={<Loading height={200} />}>
        <InteractiveWindow kernel={kernel} onGoTo={onGoTo} onClose={() => show(false)} />
      </Suspense>
    ),
  };
}
