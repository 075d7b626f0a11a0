/** Two texts made from one: what can be put together without anybody deciding. */

import { changes } from "@/ui/editor/lineDiff";

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
