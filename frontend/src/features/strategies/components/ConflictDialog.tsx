import { useQuery } from "@tanstack/react-query";
import { Button, Modal, Segmented } from "antd";
import { useState } from "react";

import { CodeDiff } from "@/ui/editor";
import { ErrorPanel, Loading } from "@/ui/state";

import { versionQuery } from "../api";
import { strategyTexts } from "../i18n";
import type { Saved } from "../logic/editing";
import { merge } from "../logic/merge";
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
  mine: string;
  theirs: Saved;
  control: EditingControl;
}

type View = "mine" | "theirs" | "both";

function ThreeWays({ strategyId, base, mine, theirs, control }: ThreeWaysProps) {
  const t = strategyTexts.useText();
  const [view, setView] = useState<View>("both");
  const began = useQuery({ ...versionQuery(strategyId, base), enabled: base > 0 });
  const before = base > 0 ? began.data?.code : "";
  const merged = before === undefined ? null : merge(before, mine, theirs.code);
  const labels: Record<View, string> = {
    both: t("conflictBoth", { now: theirs.version }),
    mine: t("conflictMine", { base }),
    theirs: t("conflictTheirs", { base, now: theirs.version }),
  };

  const diff = () => {
    if (view === "both") return <CodeDiff original={theirs.code} modified={mine} label={labels.both} height="44vh" />;
    if (before === undefined) {
      return began.isError ? <ErrorPanel title={t("versionsError")} error={began.error} onRetry={() => void began.refetch()} /> : <Loading height="44vh" />;
    }
    return <CodeDiff original={before} modified={view === "mine" ? mine : theirs.code} label={labels[view]} height="44vh" />;
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
      {merged === null && before !== undefined && <p className="soft">{t("mergeNot")}</p>}
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
