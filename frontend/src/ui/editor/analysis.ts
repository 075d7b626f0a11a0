/** A place in a file: its line from 1, its column from 0 in characters. */
export interface CodePlace {
  text: string;
  path: string;
  line: number;
  column: number;
}

export interface CodeCompletions {
  /** Columns of the place's line, in characters. */
  start: number;
  end: number;
  items: readonly { name: string; kind: string; detail: string }[];
}

export interface CodeSignatures {
  signatures: readonly { label: string; parameters: readonly string[]; text: string }[];
  signature: number;
  parameter: number | null;
}

export interface CodeDefinition {
  /** One's own file; null in a library, whose lines come with it. */
  path: string | null;
  module: string | null;
  line: number;
  column: number;
  excerpt: { text: string; firstLine: number } | null;
}

/** What is known of a text without running it. Each answer is null where there is none, also while offline. */
export interface CodeAnalysis {
  complete: (at: CodePlace, signal: AbortSignal) => Promise<CodeCompletions | null>;
  /** Document one of the completions of a place; Markdown. */
  describe: (at: CodePlace, name: string, signal: AbortSignal) => Promise<{ detail: string; text: string } | null>;
  /** Markdown. */
  hover: (at: CodePlace, signal: AbortSignal) => Promise<string | null>;
  signature: (at: CodePlace, signal: AbortSignal) => Promise<CodeSignatures | null>;
  definition: (at: CodePlace, signal: AbortSignal) => Promise<readonly CodeDefinition[] | null>;
  /** Show a line of another of one's own files. */
  onOpen: (path: string, line: number) => void;
}
