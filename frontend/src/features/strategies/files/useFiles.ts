import { useCallback, useEffect, useMemo, useState } from "react";

import { useUndo } from "@/ui/undo/useUndo";

import type { EditingControl } from "../components/useEditing";
import { copyName } from "../logic/paths";
import { fileChanges, MAIN, moved, pathsOf, textOf, within, without, withText, type FileState, type SourceFile } from "../logic/project";
import { closed, followed, opened, present, readTabs, stepped, writeTabs, type Tabs } from "../logic/tabs";
import { nameOf } from "../logic/tree";
import { fileTexts } from "./i18n";
import { sameMap, useStable } from "./useStable";

const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each, at) => each === b[at]);

interface Place {
  line: number;
  path: string;
}

/** The files of a strategy that is edited: which are open, and what is done to them.
 *
 * @param first the line to go to at first, and its file (null: the main one), where there is one of that path.
 */
export function useFiles(strategyId: string, control: EditingControl, first: { line: number | null; file: string | null }) {
  const t = fileTexts.useText();
  const offerUndo = useUndo();
  const { change } = control;
  const { project, base } = control.editing;
  // Of the strategy's files only the names, which a key pressed in one of them does not change.
  const paths = useStable(pathsOf(project), sameList);
  const [kept, setKept] = useState(() => {
    const left = readTabs(strategyId, paths);
    if (first.line === null && first.file === null) return left;
    const path = first.file ?? MAIN;
    return paths.includes(path) ? opened(left, path) : left;
  });
  const [reveal, setReveal] = useState<Place | undefined>(() => (first.line === null ? undefined : { line: first.line, path: first.file ?? MAIN }));
  // A draft of another page, or the other side of a conflict, may lack files that are open.
  const tabs = useMemo(() => present(kept, paths), [kept, paths]);
  useEffect(() => writeTabs(strategyId, tabs), [strategyId, tabs]);
  const changes = useStable(new Map<string, FileState>(fileChanges(base, project).map(({ path, state }) => [path, state])), sameMap);

  const turn = useCallback((step: (tabs: Tabs) => Tabs) => setKept(step), []);
  const show = useCallback((path: string) => turn((tabs) => opened(tabs, path)), [turn]);
  /** Go to a line; without a file, of the main one. */
  const goTo = useCallback(
    (line: number, file?: string | null) => {
      const path = file ?? MAIN;
      show(path);
      setReveal({ line, path });
    },
    [show],
  );

  const create = useCallback(
    (path: string) => {
      change((now) => withText(now, path, ""));
      goTo(1, path);
    },
    [change, goTo],
  );
  const move = useCallback(
    (from: string, to: string) => {
      change((now) => moved(now, from, to));
      turn((now) => followed(now, from, to));
    },
    [change, turn],
  );
  const duplicate = useCallback(
    (path: string) => {
      let copy = path;
      change((now) => {
        copy = copyName(path === MAIN ? "main.py" : path, now);
        return withText(now, copy, textOf(now, path) ?? "");
      });
      goTo(1, copy);
    },
    [change, goTo],
  );
  /** Take away a file, or a folder with all in it. */
  const remove = useCallback(
    (path: string) => {
      let gone: readonly SourceFile[] = [];
      change((now) => {
        const leaving = within(now, path);
        gone = now.files.filter((file) => leaving.includes(file.path));
        return without(now, leaving);
      });
      if (gone.length === 0) return;
      const names = gone.map((file) => file.path);
      turn((now) => present(now, paths.filter((each) => !names.includes(each))));
      offerUndo({
        name: `files-${strategyId}-${path}`,
        done: names.includes(path) ? t("deleted", { name: nameOf(path) }) : t("deletedFolder", { name: path, count: gone.length }),
        undo: () => {
          change((now) => gone.reduce((all, file) => (textOf(all, file.path) === null ? withText(all, file.path, file.text) : all), now));
          turn((now) => tabs.open.filter((each) => names.includes(each)).reduce(opened, now));
          return Promise.resolve();
        },
      });
    },
    [change, turn, offerUndo, t, strategyId, paths, tabs],
  );
  const close = useCallback((path: string) => turn((now) => closed(now, path)), [turn]);
  const step = useCallback((by: 1 | -1) => turn((now) => stepped(now, by)), [turn]);

  return useMemo(
    () => ({
      /** The main file first. */
      paths,
      tabs,
      /** What is not saved, by path; also of files that were taken away. */
      changes,
      /** The line to go to. */
      reveal,
      goTo,
      show,
      close,
      step,
      create,
      move,
      duplicate,
      remove,
    }),
    [paths, tabs, changes, reveal, goTo, show, close, step, create, move, duplicate, remove],
  );
}

export type Files = ReturnType<typeof useFiles>;
