import { useState, type CSSProperties } from "react";

import { CodeDiff, CodeEditor } from "@/ui/editor";

import { fileChanges, MAIN, textOf, type Project } from "../logic/project";
import { fileTexts } from "./i18n";
import "./files.css";

interface ProjectDiffProps {
  original: Project;
  modified: Project;
  label: string;
  height?: CSSProperties["height"];
}

/** Two states of a strategy: which files differ, and one of them side by side. Where nothing differs, the main file. */
export function ProjectDiff({ original, modified, label, height }: ProjectDiffProps) {
  const t = fileTexts.useText();
  const [chosen, setChosen] = useState<string | null>(null);
  const changes = fileChanges(original, modified);
  const path = changes.find((change) => change.path === chosen)?.path ?? changes[0]?.path ?? MAIN;
  // The list is there for several files, or to say that one beside the main file differs.
  const listed = changes.length > 1 || path !== MAIN;
  return (
    <div className="project-diff" style={height === undefined ? undefined : { height }}>
      {listed && (
        <ul className="file-changes" aria-label={t("changedFiles")}>
          {changes.map((change) => (
            <li key={change.path}>
              <button type="button" aria-pressed={change.path === path} onClick={() => setChosen(change.path)}>
                {change.path} <span data-state={change.state}>{t(`state.${change.state}`)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {changes.length === 0 ? (
        <ProjectView project={modified} label={label} />
      ) : (
        <CodeDiff path={path} original={textOf(original, path) ?? ""} modified={textOf(modified, path) ?? ""} label={label} />
      )}
    </div>
  );
}

/** The files of one state, read-only. */
export function ProjectView({ project, label, height }: Pick<ProjectDiffProps, "label" | "height"> & { project: Project }) {
  const t = fileTexts.useText();
  const [chosen, setChosen] = useState(MAIN);
  const text = textOf(project, chosen);
  const path = text === null ? MAIN : chosen;
  return (
    <div className="project-diff" style={height === undefined ? undefined : { height }}>
      {project.files.length > 0 && (
        <ul className="file-changes" aria-label={t("title")}>
          {[MAIN, ...project.files.map((file) => file.path)].map((each) => (
            <li key={each}>
              <button type="button" aria-pressed={each === path} onClick={() => setChosen(each)}>
                {each}
              </button>
            </li>
          ))}
        </ul>
      )}
      <CodeEditor readOnly path={path} value={text ?? project.code} label={label} />
    </div>
  );
}
