import { Button } from "antd";
import type { ReactNode } from "react";

import { strategyTexts } from "../i18n";
import { textOf } from "../logic/project";
import type { EditingControl } from "./useEditing";
import type { Problems } from "./useProblems";

interface EditorStatusProps {
  control: EditingControl;
  problems: Problems;
  /** The file in the editor. */
  path: string;
  /** What opens the panels below. */
  children: ReactNode;
}

/** The line below the editor. */
export function EditorStatus({ control, problems, path, children }: EditorStatusProps) {
  const t = strategyTexts.useText();
  const { editing, dirty, draft } = control;
  const { wrong, doubtful, lint, inspection } = problems;
  const className = inspection.class_name;
  const text = textOf(editing.project, path) ?? "";
  return (
    <footer className="ide-status">
      <span>{t("lines", { count: text.split("\n").length })}</span>
      <span>{className === null ? t("noClass") : t("runsClass", { name: className })}</span>
      <span className={wrong > 0 ? "danger" : undefined}>
        {problems.failed ? t("inspectFailed") : wrong + doubtful > 0 ? t("lintCounts", { errors: wrong, warnings: doubtful }) : t("noProblems")}
      </span>
      {dirty && draft.state !== "none" && (
        <span className={draft.state === "kept" || draft.state === "waiting" ? undefined : "unsaved"} role="status">
          {t(`draft.${draft.state}`)}
        </span>
      )}
      {path.endsWith(".py") && (
        <Button size="small" type="text" title={t("formatKeys")} loading={lint.busy} onClick={lint.format}>
          {t("format")}
        </Button>
      )}
      <kbd>{t("saveKeys")}</kbd>
      {children}
    </footer>
  );
}
