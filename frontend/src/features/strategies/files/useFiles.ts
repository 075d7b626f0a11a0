import { useCallback, useEffect, useMemo, useState } from "react";

import { useUndo } from "@/ui/undo/useUndo";

import type { EditingControl } from "../components/useEditing";
import { copyName } from "../logic/paths";
import { fileChanges, MAIN, moved, pathsOf, textOf, within, without, withText, type FileState } from "../logic/project";
import { closed, followed, opened, present, readTabs, stepped, writeTabs, type Tabs } from "../logic/tabs";
import { nameOf } from "../logic/tree";
import { fileTexts } from "./i18n";

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
  const paths = useMemo(() => pathsOf(project), [project]);
  const [kept, setKept] = useState(() => {
    const left = readTabs(strategyId, paths);
    if (first.line === null && first.file === null) return left;
    const path = first.file ?? MAIN;
    return paths.includes(path) ? opened(left, path) : left;
  });
  const [reveal, setReveal] = useState<Place | undefined>(() => (first.line === null ? undefined : { line: first.line, path: first.file ?? MAIN }));
  // A draft of another page, or the other side of a conflict, may lack files that are open.
  const tabs = present(kept, paths);
  useEffect(() => writeTabs(strategyId, tabs), [strategyId, tabs]);
  const changes = useMemo(() => new Map<string, FileState>(fileChanges(base, project).map(({ path, state }) => [path, state])), [base, project]);

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

  const create = (path: string, text = "") => {
    change((now) => withText(now, path, text));
    goTo(1, path);
  };
  const move = (from: string, to: string) => {
    change((now) => moved(now, from, to));
    turn((tabs) => followed(tabs, from, to));
  };
  const duplicate = (path: string) => {
    const text = textOf(project, path);
    if (text !== null) create(path === MAIN ? copyName("main.py", project) : copyName(path, project), text);
  };
  /** Take away a file, or a folder with all in it. */
  const remove = (path: string) => {
    const gone = project.files.filter((file) => within(project, path).includes(file.path));
    if (gone.length === 0) return;
    const before = tabs;
    change((now) => without(now, gone.map((file) => file.path)));
    turn((now) => present(now, pathsOf(without(project, gone.map((file) => file.path)))));
    const isFile = gone.some((file) => file.path === path);
    offerUndo({
      name: `files-${strategyId}-${path}`,
      done: isFile ? t("deleted", { name: nameOf(path) }) : t("deletedFolder", { name: path, count: gone.length }),
      undo: () => {
        change((now) => gone.reduce((all, file) => (textOf(all, file.path) === null ? withText(all, file.path, file.text) : all), now));
        turn((now) => before.open.filter((each) => gone.some((file) => file.path === each)).reduce(opened, now));
        return Promise.resolve();
      },
    });
  };

  return {
    project,
    tabs,
    /** What is not saved, by path; also of files that were taken away. */
    changes,
    /** The line to go to. */
    reveal,
    goTo,
    show,
    close: (path: string) => turn((now) => closed(now, path)),
    step: (by: 1 | -1) => turn((now) => stepped(now, by)),
    create,
    move,
    duplicate,
    remove,
  };
}

export type Files = ReturnType<typeof useFiles>;
