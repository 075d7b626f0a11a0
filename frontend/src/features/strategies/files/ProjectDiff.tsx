import { useMemo, useState, type CSSProperties } from "react";

import { CodeDiff, CodeEditor, type CodeMarker } from "@/ui/editor";

import { fileChanges, MAIN, textOf, type Project } from "../logic/project";
import { fileTexts } from "./i18n";
import "./files.css";

const NO_MARKERS: readonly CodeMarker[] = [];

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

interface ProjectViewProps extends Pick<ProjectDiffProps, "label" | "height"> {
  project: Project;
  /** A line to go to, of the main file where no path is given; a new object goes there again. */
  reveal?: { line: number; path?: string } | undefined;
  /** What is said of that line. */
  revealed?: string;
}

/** The files of one state, read-only. */
export function ProjectView({ project, label, height, reveal, revealed = "" }: ProjectViewProps) {
  const t = fileTexts.useText();
  const [chosen, setChosen] = useState(reveal?.path ?? MAIN);
  const [gone, setGone] = useState(reveal);
  if (gone !== reveal) {
    setGone(reveal);
    setChosen(reveal?.path ?? MAIN);
  }
  const place = useMemo(() => reveal && { line: reveal.line, path: reveal.path ?? MAIN }, [reveal]);
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
      <CodeEditor
        readOnly
        path={path}
        value={text ?? project.code}
        label={label}
        reveal={place}
        markers={place?.path === path && revealed !== "" ? [{ line: place.line, message: revealed }] : NO_MARKERS}
      />
    </div>
  );
}
