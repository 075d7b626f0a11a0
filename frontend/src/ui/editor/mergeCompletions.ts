import type { CodeCompletions } from "./analysis";
import type { Completion } from "./CodeEditor";

export interface Suggestion {
  name: string;
  kind: string;
  detail: string;
  /** Only the running program knows it. */
  live: boolean;
  /** Offsets in the text. */
  start: number;
  end: number;
  sort: string;
}

const bare = (name: string): string => name.replace(/[=(]$/, "");

/** Put what the text says and what the running program knows into one list, each name once; `before` is the text up to the place. */
export function mergeCompletions(before: string, found: CodeCompletions | null, live: Completion | null): Suggestion[] {
  const word = before.length - (/\w*$/.exec(before)?.[0].length ?? 0);
  const merged: Suggestion[] = [];
  const known = new Set<string>();
  const add = (suggestion: Omit<Suggestion, "sort">) => {
    if (known.has(bare(suggestion.name))) return;
    known.add(bare(suggestion.name));
    const group = suggestion.name.startsWith("_") ? 9 : suggestion.live ? 5 : 1;
    merged.push({ ...suggestion, sort: `${group}${String(merged.length).padStart(5, "0")}` });
  };
  if (found !== null) {
    const line = before.lastIndexOf("\n") + 1;
    const offset = (column: number) => line + Array.from(before.slice(line)).slice(0, column).join("").length;
    const [start, end] = [offset(found.start), before.length];
    for (const item of found.items) add({ ...item, live: false, start, end });
  }
  if (live !== null) {
    // IPython repeats what stands before the dot.
    const repeated = live.start < word ? before.slice(live.start, word) : "";
    for (const { text, kind } of live.matches) {
      const short = repeated !== "" && text.startsWith(repeated);
      const name = short ? text.slice(repeated.length) : text.replace(/^\./, "");
      const start = short || text !== name ? word : live.start;
      if (name !== "") add({ name, kind, detail: "", live: true, start, end: live.end });
    }
  }
  return merged;
}
