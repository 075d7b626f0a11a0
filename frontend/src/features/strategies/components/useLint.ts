import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";

import { ApiError, explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";

import { lintQuery, rewrite, type Diagnostic } from "../api";
import { strategyTexts } from "../i18n";
import { applyEdits, besides, toMarkers } from "../logic/lint";
import { MAIN, pathsOf, textOf, type Project } from "../logic/project";
import { explainRule } from "../logic/rules";

interface Options {
  project: Project;
  /** The files once typing rested; they are what is asked about. */
  rested: Project;
  /** The file in the editor. */
  active: string;
  /** How many syntax errors Python names in the main file. */
  syntaxErrors: number;
  /** Put another text into a file. */
  onChange: (path: string, text: string) => void;
}

/** What was found in a file, of the text that was asked about. */
interface Answer {
  asked: string;
  diagnostics: readonly Diagnostic[];
  truncated: boolean;
}

export interface FileFindings {
  path: string;
  found: readonly Diagnostic[];
  truncated: boolean;
  /** The findings are those of the file as it is now, so that their fixes fit. */
  current: boolean;
}

/** The line of the syntax error for which code was not formatted. */
function lineOf(error: unknown): number | null {
  if (!(error instanceof ApiError) || error.code !== "code_does_not_parse") return null;
  const { line } = error.body as { line?: unknown };
  return typeof line === "number" ? line : null;
}

/** Ask about each Python file, and again when its text has changed; until a newer answer the last one stays. */
function useAnswers(rested: Project) {
  const client = useQueryClient();
  const asked = useRef(new Map<string, string>());
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map());
  const [failed, setFailed] = useState(false);

  const ask = useEffectEvent(() => {
    const paths = pathsOf(rested).filter((path) => path.endsWith(".py"));
    for (const path of [...asked.current.keys()]) if (!paths.includes(path)) asked.current.delete(path);
    for (const path of paths) {
      const text = textOf(rested, path) ?? "";
      if (asked.current.get(path) === text) continue;
      asked.current.set(path, text);
      const wanted = () => asked.current.get(path) === text;
      client.query(lintQuery(text)).then(
        (answer) => {
          if (!wanted()) return;
          setFailed(false);
          setAnswers((now) => new Map(now).set(path, answer));
        },
        () => {
          if (!wanted()) return;
          asked.current.delete(path); // it is asked again after the next key, or once there is a connection
          setFailed(true);
        },
      );
    }
  });
  useEffect(() => ask(), [rested]);
  useEffect(() => {
    const again = () => ask();
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, []);
  return { answers, failed };
}

const NOTHING: readonly Diagnostic[] = [];

/** Lint the files as they are typed, mend and format them. */
export function useLint({ project, rested, active, syntaxErrors, onChange }: Options) {
  const t = strategyTexts.useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const { answers, failed } = useAnswers(rested);

  const files = useMemo<FileFindings[]>(
    () =>
      pathsOf(project).flatMap((path) => {
        const answer = answers.get(path);
        if (answer === undefined) return [];
        const found = besides(path === MAIN ? syntaxErrors : 0, answer.diagnostics);
        return [{ path, found, truncated: answer.truncated, current: answer.asked === textOf(project, path) }];
      }),
    [project, answers, syntaxErrors],
  );
  const shown = answers.get(active);
  const markers = useMemo(
    () => toMarkers(shown?.asked ?? "", besides(active === MAIN ? syntaxErrors : 0, shown?.diagnostics ?? NOTHING), (each) => explainRule(each, language)),
    [active, shown, syntaxErrors, language],
  );

  const rewriting = useMutation({
    mutationFn: ({ code, how }: { path: string; code: string; how: "format" | "fix" }) => rewrite({ code, how }),
    // The options are those of the newest rendering, so that `project` is what stands in the editor now.
    onSuccess: (made, { path, code: asked, how }) => {
      if (asked !== textOf(project, path)) void message.info(t("lintTyped"));
      else if (made.changed) onChange(path, made.code);
      else if (how === "format") void message.info(t("formatSame"));
    },
    onError: (error) => {
      const line = lineOf(error);
      void message.error(line === null ? explain(error).message : t("formatSyntax", { line }));
    },
  });
  const busy = rewriting.isPending;
  const make = (path: string, how: "format" | "fix") => {
    const code = textOf(project, path);
    if (!busy && code !== null && path.endsWith(".py")) rewriting.mutate({ path, code, how });
  };

  return {
    /** Of each file that has an answer. */
    files,
    failed,
    /** Of the file in the editor. */
    markers,
    busy,
    fix: (path: string, each: Diagnostic) => {
      const code = textOf(project, path);
      if (code !== null && answers.get(path)?.asked === code && each.fix !== null) onChange(path, applyEdits(code, each.fix));
    },
    fixAll: (path: string) => make(path, "fix"),
    format: () => make(active, "format"),
  };
}

export type Lint = ReturnType<typeof useLint>;
