export {
  CodeDiff,
  CodeEditor,
  prefetchEditor,
  type CodeDiffProps,
  type CodeEditorProps,
  type CodeInstance,
  type CodeMarker,
  type Completion,
  type RunPlace,
} from "./CodeEditor";
export type { CodeBreakpoint, CodeDebugging } from "./debugging";
export type { CodeAnalysis, CodeCompletions, CodeDefinition, CodePlace, CodeSignatures } from "./analysis";
