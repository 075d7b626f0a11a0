import { useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useCallback, useEffect, useEffectEvent, useReducer, useRef, useState } from "react";

import { ApiError } from "@/api/errors";

import { strategyQuery, useSaveVersion, type StrategyDetail } from "../api";
import { strategyTexts } from "../i18n";
import { dropDraft, queuedSave, queueSave, readDraft, writeDraft } from "../logic/draft";
import { edit, isDirty, startEditing, type Editing } from "../logic/editing";
import { useServerDraft } from "./useServerDraft";

const AGAIN_MS = 10_000;

/** Begin from the draft of this browser where there is one that differs from what is saved. */
function begin({ id, version, code }: StrategyDetail): Editing {
  const editing = startEditing({ version, code });
  const draft = readDraft(id);
  if (draft === null || draft.code === code) return editing;
  return { ...editing, base: { version: draft.base, code }, code: draft.code };
}

/** Edit a strategy's code: drafts, saving, conflicts. Mount it once per strategy. */
export function useEditing(strategy: StrategyDetail) {
  const t = strategyTexts.useText();
  const { message } = App.useApp();
  const client = useQueryClient();
  const { id } = strategy;
  const [editing, dispatch] = useReducer(edit, strategy, begin);
  const [restoredAt, setRestoredAt] = useState(() => (editing.code === strategy.code ? null : (readDraft(id)?.at ?? null)));
  const [draftKept, setDraftKept] = useState(true);
  const { mutateAsync } = useSaveVersion(id);
  const dirty = isDirty(editing);
  const draft = useServerDraft(id, { code: editing.code, base: editing.base.version, dirty });
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

  const type = useCallback(
    (code: string) => {
      dispatch({ type: "typed", code });
      // At the keystroke itself: an effect would lose what is typed just before a crash.
      if (code === editing.base.code) dropDraft(id);
      else setDraftKept(writeDraft(id, { base: editing.base.version, code, at: Date.now() }));
    },
    [id, editing.base],
  );

  const send = async (code: string, base: number, note: string): Promise<number | null> => {
    dispatch({ type: "saveStarted" });
    try {
      const version = await mutateAsync({ code, base_version: base, message: note });
      dispatch({ type: "saved", saved: { version: version.number, code: version.code } });
      if (readDraft(id)?.code === code) dropDraft(id);
      setRestoredAt(null);
      queue(null);
      return version.number;
    } catch (error) {
      if (error instanceof ApiError && error.code === "network") {
        // Nothing is wrong with the text: it is saved as soon as the server can be reached.
        queue(note);
        dispatch({ type: "laterChosen" });
        return null;
      }
      queue(null);
      if (!(error instanceof ApiError) || error.status !== 409) {
        dispatch({ type: "refused", error });
        return null;
      }
      dispatch({ type: "conflicted", mine: code });
      try {
        const theirs = await client.query({ ...strategyQuery(id), staleTime: 0 });
        dispatch({ type: "theirsRead", theirs: { version: theirs.version, code: theirs.code } });
      } catch (reading) {
        dispatch({ type: "refused", error: reading });
      }
      return null;
    }
  };

  /** Save what is unsaved; gives the newest version's number, or null when it could not be saved. */
  const save = async (note = "", base = editing.base.version): Promise<number | null> => {
    if (underWay.current !== null) await underWay.current;
    if (!dirty && editing.base.version > 0) {
      void message.info(t("unchangedToast", { number: editing.base.version }));
      return editing.base.version;
    }
    const saving = send(editing.code, base, note);
    underWay.current = saving;
    const number = await saving;
    underWay.current = null;
    if (number !== null) void message.success(t("savedToast", { number }));
    return number;
  };

  /** The version to run: saves first when something is unsaved. */
  const savedVersion = async (): Promise<number | null> => (dirty || editing.base.version === 0 ? save() : editing.base.version);

  const keepMine = async (): Promise<void> => {
    if (editing.save.step !== "conflict" || editing.save.theirs === null) return;
    const { theirs } = editing.save;
    dispatch({ type: "keepMine" });
    if (theirs.code === editing.code) {
      dropDraft(id);
      return;
    }
    const number = await send(editing.code, theirs.version, t("conflictMessage", { now: theirs.version }));
    if (number !== null) void message.success(t("savedToast", { number }));
  };

  /** Save a text put together from both sides, on top of theirs. */
  const saveMerged = async (merged: string): Promise<void> => {
    if (editing.save.step !== "conflict" || editing.save.theirs === null) return;
    const { theirs } = editing.save;
    dispatch({ type: "keepMine" });
    type(merged);
    const number = await send(merged, theirs.version, t("mergeMessage", { now: theirs.version }));
    if (number !== null) void message.success(t("savedToast", { number }));
  };

  const takeTheirs = (): void => {
    dispatch({ type: "takeTheirs" });
    dropDraft(id);
    draft.forget();
    setRestoredAt(null);
  };

  /** Go on with the draft of another page. */
  const takeFound = (): void => {
    if (draft.found === null) return;
    type(draft.found.code);
    draft.ignore();
  };

  const discardDraft = (): void => {
    dropDraft(id);
    queue(null);
    draft.forget();
    dispatch({ type: "replaced", saved: { version: strategy.version, code: strategy.code } });
    setRestoredAt(null);
  };

  /** Put an older version's code on top as a new version; unsaved changes become a version of their own before. */
  const restore = async (from: number, code: string): Promise<number | null> => {
    const base = await savedVersion();
    if (base === null) return null;
    const number = await send(code, base, t("restoreMessage", { number: from }));
    if (number !== null) dispatch({ type: "replaced", saved: { version: number, code } });
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
    save,
    savedVersion,
    keepMine,
    takeTheirs,
    later: () => dispatch({ type: "laterChosen" }),
    discardDraft,
    restore,
  };
}

export type EditingControl = ReturnType<typeof useEditing>;
