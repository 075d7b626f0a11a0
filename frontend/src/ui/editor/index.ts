export {
  CodeDiff,
  CodeEditor,
  prefetchEditor,
  type CodeDiffProps,
  type CodeEditorProps,
  type CodeMarker,
} from "./CodeEditor";
