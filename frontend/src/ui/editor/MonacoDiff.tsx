import { useEffect, useRef, useState } from "react";

import { useTheme } from "@/app/theme/useTheme";

import type { CodeDiffProps } from "./CodeEditor";
import { languageOf } from "./fileModels";
import { editor, EDITOR_OPTIONS, themeName } from "./monaco";

export default function MonacoDiff({ path = "", original, modified, label }: CodeDiffProps) {
  const container = useRef<HTMLDivElement>(null);
  const [instance, setInstance] = useState<editor.IStandaloneDiffEditor | null>(null);
  const { mode } = useTheme();

  // Before the effect that makes the editor: its clean-up must let go of the models before the editor is gone.
  useEffect(() => {
    if (instance === null) return undefined;
    const models = { original: editor.createModel(original, languageOf(path)), modified: editor.createModel(modified, languageOf(path)) };
    instance.setModel(models);
    return () => {
      instance.setModel(null);
      models.original.dispose();
      models.modified.dispose();
    };
  }, [instance, path, original, modified]);

  useEffect(() => {
    if (container.current === null) return undefined;
    const created = editor.createDiffEditor(container.current, {
      ...EDITOR_OPTIONS,
      readOnly: true,
      originalEditable: false,
      renderOverviewRuler: false,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      hideUnchangedRegions: { enabled: true },
    });
    setInstance(created);
    return () => {
      created.dispose();
      setInstance(null);
    };
  }, []);

  useEffect(() => instance?.updateOptions({ ariaLabel: label }), [instance, label]);
  useEffect(() => editor.setTheme(themeName(mode)), [mode]);

  return <div ref={container} className="code-editor-host" />;
}
