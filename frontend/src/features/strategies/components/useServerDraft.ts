import { useCallback, useEffect, useEffectEvent, useRef, useState } from "react";

import { ApiError } from "@/api/errors";

import { fetchDraft, forgetDraft, sendDraft, type ServerDraft } from "../draftApi";
import { projectOf, sameProject, type Project } from "../logic/project";

const REST_MS = 1500;
const AGAIN_MS = 10_000;

/** none: nothing to keep; waiting: typed a moment ago; kept: on the server; offline: only in this browser;
 * overtaken: another page has drafted since. */
export type DraftState = "none" | "waiting" | "kept" | "offline" | "overtaken";

interface Typed {
  project: Project;
  base: number;
  dirty: boolean;
}

/** Keep what is typed on the server, too, a moment after the last keystroke; without a connection, once there is one. */
export function useServerDraft(id: string, { project, base, dirty }: Typed) {
  const [sent, setSent] = useState<{ project: Project; base: number } | null>(null);
  const [met, setMet] = useState<{ trouble: "offline" | "overtaken"; base: number } | null>(null);
  const [found, setFound] = useState<ServerDraft | null>(null);
  const revision = useRef(0);
  const underWay = useRef(false);
  // Before the answer nobody knows the newest revision.
  const [asked, setAsked] = useState(false);
  const [began] = useState(project);
  const [caughtUp, setCaughtUp] = useState(0);
  // A save drops the server's draft, and makes another base.
  const trouble = met?.base === base ? met.trouble : null;
  const kept = sent?.base === base && sameProject(sent.project, project);
  const state: DraftState = !dirty ? "none" : (trouble ?? (kept ? "kept" : "waiting"));

  const atStart = useEffectEvent((draft: ServerDraft) => {
    revision.current = draft.revision;
    if (sameProject(projectOf(draft), project)) setSent({ project, base });
    else setFound(draft);
  });
  useEffect(() => {
    let gone = false;
    fetchDraft(id)
      .then(
        (draft) => {
          if (!gone && draft !== null) atStart(draft);
        },
        // Unreachable: then there is no other draft to offer, and the first send finds out about a newer one.
        () => undefined,
      )
      .finally(() => {
        if (!gone) setAsked(true);
      });
    return () => {
      gone = true;
    };
  }, [id]);

  /** Whether the draft that is newer than we knew is our own: what this page sent on its way out, before a reload. */
  const isOurs = async (sending: Project): Promise<boolean> => {
    const newest = await fetchDraft(id).catch(() => null);
    if (newest === null) return false;
    const theirs = projectOf(newest);
    if (!sameProject(theirs, sending) && !sameProject(theirs, began)) return false;
    revision.current = newest.revision;
    return true;
  };
  const send = useEffectEvent(async () => {
    // While another page's draft is offered, ours does not take its place.
    if (!asked || !dirty || kept || underWay.current || found !== null || trouble === "overtaken") return;
    underWay.current = true;
    const text = { project, base };
    try {
      const draft = await sendDraft(id, { code: project.code, files: [...project.files], base_version: base, revision: revision.current });
      revision.current = draft.revision;
      setSent(text);
      setMet(null);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "draft_conflict") setMet({ trouble: "offline", base });
      else if (await isOurs(text.project)) setCaughtUp((times) => times + 1);
      else setMet({ trouble: "overtaken", base });
    } finally {
      underWay.current = false;
    }
  });

  useEffect(() => {
    if (!dirty) return undefined;
    const timer = setTimeout(() => void send(), REST_MS);
    return () => clearTimeout(timer);
    // `sent`: what was typed while a request was under way goes with the next one.
  }, [project, base, dirty, found, sent, asked, caughtUp]);

  useEffect(() => {
    if (trouble !== "offline") return undefined;
    const again = () => void send();
    const timer = setInterval(again, AGAIN_MS);
    window.addEventListener("online", again);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", again);
    };
  }, [trouble]);

  /** Leave the other page's draft; ours takes its place with the next send. */
  const ignore = useCallback(() => setFound(null), []);
  const forget = useCallback(() => {
    setFound(null);
    setSent(null);
    setMet(null);
    void forgetDraft(id).catch(() => undefined); // it is dropped by the next save at the latest
  }, [id]);
  return { state, found, ignore, forget };
}
