import { useMutation, useQuery } from "@tanstack/react-query";
import { App } from "antd";
import { useMemo } from "react";

import { ApiError, explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";

import { lintQuery, rewrite, type Diagnostic } from "../api";
import { strategyTexts } from "../i18n";
import { applyEdits, besides, toMarkers } from "../logic/lint";
import { explainRule } from "../logic/rules";

interface Options {
  code: string;
  /** The code once typing rested; it is what is asked about. */
  rested: string;
  /** How many syntax errors Python names. */
  syntaxErrors: number;
  /** Put another text into the editor. */
  onChange: (code: string) => void;
}

/** The line of the syntax error for which code was not formatted. */
function lineOf(error: unknown): number | null {
  if (!(error instanceof ApiError) || error.code !== "code_does_not_parse") return null;
  const { line } = error.body as { line?: unknown };
  return typeof line === "number" ? line : null;
}

/** Lint the code as it is typed, mend and format it. */
export function useLint({ code, rested, syntaxErrors, onChange }: Options) {
  const t = strategyTexts.useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const answer = useQuery(lintQuery(rested));
  const { data } = answer;

  const found = useMemo(() => besides(syntaxErrors, data?.diagnostics ?? []), [syntaxErrors, data]);
  const markers = useMemo(() => toMarkers(data?.asked ?? "", found, (each) => explainRule(each, language)), [data, found, language]);

  const rewriting = useMutation({
    mutationFn: rewrite,
    // The options are those of the newest rendering, so that `code` is what stands in the editor now.
    onSuccess: (made, { code: asked, how }) => {
      if (asked !== code) void message.info(t("lintTyped"));
      else if (made.changed) onChange(made.code);
      else if (how === "format") void message.info(t("formatSame"));
    },
    onError: (error) => {
      const line = lineOf(error);
      void message.error(line === null ? explain(error).message : t("formatSyntax", { line }));
    },
  });
  const busy = rewriting.isPending;

  return {
    found,
    truncated: data?.truncated ?? false,
    failed: answer.isError,
    markers,
    /** The findings are those of the text in the editor, so that their fixes fit. */
    current: data?.asked === code,
    busy,
    fix: (each: Diagnostic) => {
      if (data?.asked === code && each.fix !== null) onChange(applyEdits(code, each.fix));
    },
    fixAll: () => !busy && rewriting.mutate({ code, how: "fix" }),
    format: () => !busy && rewriting.mutate({ code, how: "format" }),
  };
}

export type Lint = ReturnType<typeof useLint>;
