import { useEffect, useMemo } from "react";

import type { CodeAnalysis } from "@/ui/editor";

import { analysisOf, wakeLanguage } from "../languageApi";
import { pathsOf, textOf, type Project } from "../logic/project";

/** What is known of a strategy's files without running them; `onOpen` shows a line of one. */
export function useAnalysis(project: Project, onOpen: (line: number, path: string) => void): CodeAnalysis {
  // What answers is started by the first question; when a person asks one, it is to be ready.
  useEffect(() => void wakeLanguage(), []);
  return useMemo(
    () =>
      analysisOf(
        () => pathsOf(project).flatMap((path) => (path.endsWith(".py") ? [{ path, text: textOf(project, path) ?? "" }] : [])),
        (path, line) => onOpen(line, path),
      ),
    [project, onOpen],
  );
}
