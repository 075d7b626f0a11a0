/** Lines of a text that was edited while an older one runs. */
import { changes, lineAfter } from "@/ui/editor/lineDiff";

/** The texts of a document's files by their paths. */
export type Texts = ReadonlyMap<string, string>;

/** Where a line of one text is in another one; the line itself where one of them is not known. */
export function lineIn(from: string | undefined, to: string | undefined, line: number): number {
  if (from === undefined || to === undefined || from === to) return line;
  return Math.max(1, lineAfter(changes(from.split("\n"), to.split("\n")) ?? [], line));
}
