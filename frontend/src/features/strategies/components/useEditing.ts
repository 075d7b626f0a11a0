import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";

import { ApiError } from "@/api/errors";

import { strategyQuery, useSaveVersion, type StrategyDetail } from "../api";
import { strategyTexts } from "../i18n";
import { DraftKeeper, dropDraft, queuedSave, queueSave, readDraft } from "../logic/draft";
import { edit, isDirty, startEditing, type EditEvent, type Editing } from "../logic/editing";
import { projectOf, sameProject, textOf, withText, type Project } from "../logic/project";
import { useServerDraft } from "./useServerDraft";

const AGAIN_MS = 10_000;

/** Begin from the draft of this browser where there is one that differs from what is saved. */
function begin(strategy: StrategyDetail): Editing {
  const saved = { version: strategy.version, ...projectOf(strategy) };
  const editing = startEditing(saved);
  const draft = readDraft(strategy.id);
  if (draft === null || sameProject(draft, saved)) return editing;
  return { ...editing, base: { ...saved, version: draft.base }, project: projectOf(draft) };
}

/** Edit a strategy's files: drafts, saving, conflicts. Mount it once per strategy. */
export function useEditing(strategy: StrategyDetail) {
  const t = strategyTexts.useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const { id } = strategy;
  const [editing, draw] = useState(() => begin(strategy));
  // What is true now, also of keys that were pressed since the page was drawn.
  const now = useRef(editing);
  const act = useCallback((event: EditEvent) => {
    now.current = edit(now.current, event);
    draw(now.current);
  }, []);
  const [keeper] = useState(() => new DraftKeeper(id));
  const [restoredAt, setRestoredAt] = useState(() => (isDirty(editing) ? (readDraft(id)?.at ?? null) : null));
  const [draftKept, setDraftKept] = useState(true);
  const { mutateAsync } = useSaveVersion(id);
  const dirty = isDirty(editing);
  const draft = useServerDraft(id, { project: editing.project, base: editing.base.version, dirty });
  // The message of a save that waits for the connection.
  const [queued, setQueued] = useState<string | null>(() => (dirty ? queuedSave(id) : null));
  const queue = useCallback(
    (note: string | null) => {
      setQueued(note);
      queueSave(id, note);
    },
    [id],
  );
  // A save started while one is under way waits for it instead of racing it.
  const underWay = useRef<Promise<number | null> | null>(null);

  /** Keep what is unsaved in this browser. */
  const keep = useCallback(() => {
    const { project, base } = now.current;
    setDraftKept(keeper.write({ ...project, base: base.version, at: Date.now() }));
  }, [keeper]);

  /** Change files: write, make, move, take away. */
  const change = useCallback(
    (make: (project: Project) => Project) => {
      const before = now.current.project;
      const project = make(before);
      if (project === before) return;
      act({ type: "changed", project });
      // At the keystroke itself: an effect would lose what is typed just before a crash.
      if (isDirty(now.current)) keep();
      else dropDraft(id);
    },
    [id, act, keep],
  );
  /** Write a file; one that is gone stays so. */
  const type = useCallback(
    (path: string, text: string) => change((project) => (textOf(project, path) === null ? project : withText(project, path, text))),
    [change],
  );

  const send = async (project: Project, base: number, note: string): Promise<number | null> => {
    act({ type: "saveStarted" });
    try {
      const version = await mutateAsync({ code: project.code, files: [...project.files], base_version: base, message: note });
      act({ type: "saved", saved: { version: version.number, ...projectOf(version) } });
      const kept = readDraft(id);
      if (kept !== null && sameProject(kept, project)) dropDraft(id);
      // What was typed since is made from the new version.
      else if (isDirty(now.current)) keep();
      setRestoredAt(null);
      queue(null);
      return version.number;
    } catch (error) {
      if (error instanceof ApiError && error.code === "network") {
        // Nothing is wrong with the text: it is saved as soon as the server can be reached.
        queue(note);
        act({ type: "laterChosen" });
        return null;
      }
      queue(null);
      if (!(error instanceof ApiError) || error.status !== 409) {
        act({ type: "refused", error });
        return null;
      }
      act({ type: "conflicted", mine: project });
      try {
        const theirs = await client.query({ ...strategyQuery(id), staleTime: 0 });
        act({ type: "theirsRead", theirs: { version: theirs.version, ...projectOf(theirs) } });
      } catch (reading) {
        act({ type: "refused", error: reading });
      }
      return null;
    }
  };

  /** Save what is unsaved; gives the newest version's number, or null when it could not be saved. */
  const save = async (note = ""): Promise<number | null> => {
    if (underWay.current !== null) await underWay.current;
    const { base, project } = now.current;
    if (!isDirty(now.current) && base.version > 0) {
      void message.info(t("unchangedToast", { number: base.version }));
      return base.version;
    }
    const saving = send(project, base.version, note);
    underWay.current = saving;
    const number = await saving;
    underWay.current = null;
    if (number !== null) void message.success(t("savedToast", { number }));
    return number;
  };

  /** The version to run: saves first when something is unsaved. */
  const savedVersion = async (): Promise<number | null> => {
    const { base } = now.current;
    return isDirty(now.current) || base.version === 0 ? save() : base.version;
  };

  const keepMine = async (): Promise<void> => {
    const { save: state, project } = now.current;
    if (state.step !== "conflict" || state.theirs === null) return;
    const { theirs } = state;
    act({ type: "keepMine" });
    if (sameProject(theirs, project)) {
      dropDraft(id);
      return;
    }
    const number = await send(project, theirs.version, t("conflictMessage", { now: theirs.version }));
    if (number !== null) void message.success(t("savedToast", { number }));
  };

  /** Save what was put together from both sides, on top of theirs. */
  const saveMerged = async (merged: Project): Promise<void> => {
    const { save: state } = now.current;
    if (state.step !== "conflict" || state.theirs === null) return;
    const { theirs } = state;
    act({ type: "keepMine" });
    change(() => merged);
    const number = await send(merged, theirs.version, t("mergeMessage", { now: theirs.version }));
    if (number !== null) void message.success(t("savedToast", { number }));
  };

  const takeTheirs = (): void => {
    act({ type: "takeTheirs" });
    dropDraft(id);
    draft.forget();
    setRestoredAt(null);
  };

  /** Go on with the draft of another page. */
  const takeFound = (): void => {
    const { found } = draft;
    if (found === null) return;
    change(() => projectOf(found));
    draft.ignore();
  };

  const discardDraft = (): void => {
    dropDraft(id);
    queue(null);
    draft.forget();
    act({ type: "replaced", saved: { version: strategy.version, ...projectOf(strategy) } });
    setRestoredAt(null);
  };

  /** Put an older version's files on top as a new version; unsaved changes become a version of their own before. */
  const restore = async (from: number, project: Project): Promise<number | null> => {
    const base = await savedVersion();
    if (base === null) return null;
    const number = await send(project, base, t("restoreMessage", { number: from }));
    if (number !== null) act({ type: "replaced", saved: { version: number, ...project } });
    return number;
  };

  const warn = useEffectEvent((event: BeforeUnloadEvent) => {
    if (dirty) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: BeforeUnloadEvent) => warn(event);
    window.addEventListener("beforeunload", listener);
    return () => window.removeEventListener("beforeunload", listener);
  }, []);

  const again = useEffectEvent(() => queued !== null && void save(queued));
  useEffect(() => {
    if (queued === null) return undefined;
    const listener = () => again();
    const timer = setInterval(listener, AGAIN_MS);
    window.addEventListener("online", listener);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", listener);
    };
  }, [queued]);

  return {
    editing,
    dirty,
    draft,
    takeFound,
    queued: queued !== null,
    saveMerged,
    restoredAt,
    draftKept,
    type,
    change,
    save,
    savedVersion,
    keepMine,
    takeTheirs,
    later: () => act({ type: "laterChosen" }),
    discardDraft,
    restore,
  };
}

export type EditingControl = ReturnType<typeof useEditing>;
