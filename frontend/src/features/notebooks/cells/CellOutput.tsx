import { DownOutlined, ExpandAltOutlined, ShrinkOutlined, UpOutlined } from "@ant-design/icons";
import { Alert, Button } from "antd";
import { memo, useState } from "react";

import { usePrefs } from "@/app/prefs";

import { OutputView } from "../components/OutputView";
import { Question } from "../components/RunView";
import { notebookTexts } from "../i18n";
import type { Run, Window } from "../logic/outputs";

interface CellOutputProps {
  run: Run;
  runs: readonly Run[];
  stale: boolean;
  /** Why the kernel ended, when it did so under this run. */
  why: Window["why"];
  onGoTo: (line: number) => void;
  onAnswer: (text: string) => void;
}

/** What a cell gave, below it. */
export const CellOutput = memo(function CellOutput({ run, runs, stale, why, onGoTo, onAnswer }: CellOutputProps) {
  const t = notebookTexts.useText();
  const language = usePrefs((prefs) => prefs.language);
  const [folded, setFolded] = useState(false);
  const [whole, setWhole] = useState(false);
  return (
    <section className="cell-output" aria-label={t("outputOf", { count: run.count ?? "" })} data-status={run.status} data-stale={stale}>
      <div className="cell-output-tools">
        {!folded && (
          <Button
            size="small"
            type="text"
            icon={whole ? <ShrinkOutlined aria-hidden /> : <ExpandAltOutlined aria-hidden />}
            aria-label={t(whole ? "lessHeight" : "fullHeight")}
            title={t(whole ? "lessHeight" : "fullHeight")}
            onClick={() => setWhole(!whole)}
          />
        )}
        <Button
          size="small"
          type="text"
          icon={folded ? <DownOutlined aria-hidden /> : <UpOutlined aria-hidden />}
          aria-expanded={!folded}
          aria-label={t(folded ? "unfold" : "fold")}
          title={t(folded ? "unfold" : "fold")}
          onClick={() => setFolded(!folded)}
        />
      </div>
      {folded ? (
        <button type="button" className="cell-folded" onClick={() => setFolded(false)}>
          {t("folded", { count: run.outputs.length })}
        </button>
      ) : (
        <div className={whole ? "cell-outputs" : "cell-outputs cell-outputs-bounded"}>
          {run.outputs.map((output, at) => (
            <OutputView key={at} output={output} runs={runs} onGoTo={onGoTo} />
          ))}
          {why !== null && <Alert type="error" showIcon title={language === "zh" ? why.zh : why.en} />}
          {run.asked !== null && <Question prompt={run.asked.prompt} hidden={run.asked.password} onAnswer={onAnswer} />}
        </div>
      )}
    </section>
  );
});
