import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Radio, Segmented } from "antd";
import { useState } from "react";

import { ErrorPanel, Loading } from "@/ui/state";

import { versionQuery } from "../api";
import { fileTexts } from "../files/i18n";
import { ProjectDiff } from "../files/ProjectDiff";
import { strategyTexts } from "../i18n";
import type { Saved } from "../logic/editing";
import { mergeProjects, type Side } from "../logic/merge";
import { projectOf, type Project } from "../logic/project";
import type { EditingControl } from "./useEditing";
import "./strategies.css";

/** Somebody saved first: put both together, keep mine on top, or take theirs. Nothing is lost whichever. */
export function ConflictDialog({ control, strategyId }: { control: EditingControl; strategyId: string }) {
  const t = strategyTexts.useText();
  const { save, base } = control.editing;
  if (save.step !== "conflict") return null;
  const { theirs, mine } = save;
  return (
    <Modal
      open
      title={t("conflictTitle")}
      width="min(1120px, 94vw)"
      onCancel={control.later}
      footer={<Button onClick={control.later}>{t("later")}</Button>}
    >
      {theirs === null ? (
        <>
          <p>{t("conflictReading")}</p>
          <Loading rows={3} />
        </>
      ) : (
        <>
          <p>{t("conflictText", { base: base.version, now: theirs.version })}</p>
          <ThreeWays strategyId={strategyId} base={base.version} mine={mine} theirs={theirs} control={control} />
        </>
      )}
    </Modal>
  );
}

interface ThreeWaysProps {
  strategyId: string;
  /** The version that both began from. */
  base: number;
  mine: Project;
  theirs: Saved;
  control: EditingControl;
}

const NOTHING: Project = { code: "", files: [] };

type View = "mine" | "theirs" | "both";

function ThreeWays({ strategyId, base, mine, theirs, control }: ThreeWaysProps) {
  const t = strategyTexts.useText();
  const [view, setView] = useState<View>("both");
  const began = useQuery({ ...versionQuery(strategyId, base), enabled: base > 0 });
  const [choices, setChoices] = useState<Record<string, Side>>({});
  const before = base > 0 ? began.data && projectOf(began.data) : NOTHING;
  const both = before === undefined ? null : mergeProjects(before, mine, theirs, choices);
  // A single file is chosen by taking one side whole.
  const contested = both === null || mine.files.length + theirs.files.length === 0 ? [] : both.contested;
  const merged = both === null || both.open.length > 0 ? null : both.project;
  const labels: Record<View, string> = {
    both: t("conflictBoth", { now: theirs.version }),
    mine: t("conflictMine", { base }),
    theirs: t("conflictTheirs", { base, now: theirs.version }),
  };

  const diff = () => {
    if (view === "both") return <ProjectDiff original={theirs} modified={mine} label={labels.both} height="44vh" />;
    if (before === undefined) {
      return began.isError ? <ErrorPanel title={t("versionsError")} error={began.error} onRetry={() => void began.refetch()} /> : <Loading height="44vh" />;
    }
    return <ProjectDiff original={before} modified={view === "mine" ? mine : theirs} label={labels[view]} height="44vh" />;
  };

  return (
    <>
      <div className="conflict-choices">
        {merged !== null && (
          <div>
            <Button type="primary" onClick={() => void control.saveMerged(merged)}>
              {t("mergeBoth", { number: theirs.version + 1 })}
            </Button>
            <span className="soft">{t("mergeBothText")}</span>
          </div>
        )}
        <div>
          <Button type={merged === null ? "primary" : "default"} onClick={() => void control.keepMine()}>
            {t("keepMine", { number: theirs.version + 1 })}
          </Button>
          <span className="soft">{t("keepMineText", { now: theirs.version })}</span>
        </div>
        <div>
          <Button danger onClick={control.takeTheirs}>
            {t("takeTheirs")}
          </Button>
          <span className="soft">{t("takeTheirsText", { now: theirs.version })}</span>
        </div>
      </div>
      {contested.length > 0 && <Contested paths={contested} choices={choices} now={theirs.version} onChoose={(path, side) => setChoices({ ...choices, [path]: side })} />}
      {contested.length === 0 && merged === null && before !== undefined && <p className="soft">{t("mergeNot")}</p>}
      <Segmented<View>
        className="conflict-views"
        aria-label={t("compareWith")}
        value={view}
        onChange={setView}
        options={(["both", "mine", "theirs"] as const).map((value) => ({ value, label: labels[value] }))}
      />
      {diff()}
    </>
  );
}

interface ContestedProps {
  paths: readonly string[];
  choices: Readonly<Record<string, Side>>;
  now: number;
  onChoose: (path: string, side: Side) => void;
}

/** Files of which a side has to be chosen, one by one. */
function Contested({ paths, choices, now, onChoose }: ContestedProps) {
  const f = fileTexts.useText();
  return (
    <>
      <p>{f("contested")}</p>
      <ul className="contested">
        {paths.map((path) => (
          <li key={path}>
            <Radio.Group
              size="small"
              optionType="button"
              aria-label={path}
              value={choices[path] ?? null}
              options={[
                { value: "mine", label: f("chooseMine") },
                { value: "theirs", label: f("chooseTheirs", { now }) },
              ]}
              onChange={(event) => onChoose(path, event.target.value as Side)}
            />
            <span>{path}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
