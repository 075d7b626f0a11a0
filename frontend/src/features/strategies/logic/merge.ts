/** Two states of a strategy made from one: what can be put together without anybody deciding. */

import { changes } from "@/ui/editor/lineDiff";

import { pathsOf, textOf, withText, without, type Project } from "./project";

/** Put both sides' changes of the base together.
 *
 * @returns the text with both; null where they touch the same or neighbouring lines, and a person has to choose.
 */
export function merge(base: string, mine: string, theirs: string): string | null {
  const lines = base.split("\n");
  const ours = changes(lines, mine.split("\n"));
  const others = changes(lines, theirs.split("\n"));
  if (ours === null || others === null) return null;
  for (const one of ours) {
    if (others.some((other) => one.from <= other.to && other.from <= one.to)) return null;
  }
  const merged = [...lines];
  for (const { from, to, lines: put } of [...ours, ...others].sort((a, b) => b.from - a.from)) merged.splice(from, to - from, ...put);
  return merged.join("\n");
}

/** Whose state of a file is taken. */
export type Side = "mine" | "theirs";

export interface Merged {
  /** Both together, with the choices made; files that are left to choose are as in mine. */
  project: Project;
  /** Files that both have changed so that somebody has to choose, whether that was done or not. */
  contested: string[];
  /** Those of them that wait for a choice. */
  open: string[];
}

/** Put both sides' files together: what only one has changed is taken, what both have is merged by lines where that goes. */
export function mergeProjects(base: Project, mine: Project, theirs: Project, choices: Readonly<Record<string, Side>> = {}): Merged {
  let project = mine;
  const contested: string[] = [];
  const put = (path: string, text: string | null) => {
    project = text === null ? without(project, [path]) : withText(project, path, text);
  };
  for (const path of new Set([...pathsOf(base), ...pathsOf(mine), ...pathsOf(theirs)])) {
    const [before, own, other] = [textOf(base, path), textOf(mine, path), textOf(theirs, path)];
    if (own === other || other === before) continue;
    if (own === before) {
      put(path, other);
      continue;
    }
    const both = before === null || own === null || other === null ? null : merge(before, own, other);
    if (both !== null) put(path, both);
    else {
      contested.push(path);
      if (choices[path] === "theirs") put(path, other);
    }
  }
  return { project, contested, open: contested.filter((path) => choices[path] === undefined) };
}
