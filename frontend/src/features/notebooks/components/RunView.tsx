import { LoadingOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { memo, useState } from "react";

import { notebookTexts } from "../i18n";
import type { Run } from "../logic/outputs";
import { OutputView } from "./OutputView";

interface RunViewProps {
  run: Run;
  runs: readonly Run[];
  onGoTo: (line: number) => void;
  onAnswer: (text: string) => void;
}

/** A piece of code that was run, and what it gave. */
export const RunView = memo(function RunView({ run, runs, onGoTo, onAnswer }: RunViewProps) {
  const t = notebookTexts.useText();
  const lines = run.code.split("\n");
  return (
    <article className="run" data-status={run.status}>
      <header>
        <span className="run-count">{run.count === null ? "In [ ]" : `In [${run.count}]`}</span>
        <pre className="run-code">{lines.slice(0, 6).join("\n") + (lines.length > 6 ? "\n…" : "")}</pre>
        <span className="soft run-status">
          {run.line > 0 && (
            <Button size="small" type="link" onClick={() => onGoTo(run.line)}>
              {t("line", { line: run.line })}
            </Button>
          )}
          {run.status === "running" && <LoadingOutlined aria-label={t("busy")} />}
          {run.status === "waiting" && t("waiting")}
          {run.status === "aborted" && t("aborted")}
          {run.seconds !== null && run.status !== "aborted" && t("took", { seconds: run.seconds.toFixed(run.seconds < 10 ? 2 : 0) })}
        </span>
      </header>
      {run.outputs.map((output, at) => (
        <OutputView key={at} output={output} runs={runs} onGoTo={onGoTo} />
      ))}
      {run.asked !== null && <Question prompt={run.asked.prompt} hidden={run.asked.password} onAnswer={onAnswer} />}
    </article>
  );
});

/** What the code asks of the person. */
export function Question({ prompt, hidden, onAnswer }: { prompt: string; hidden: boolean; onAnswer: (text: string) => void }) {
  const t = notebookTexts.useText();
  const [text, setText] = useState("");
  return (
    <form
      className="run-question"
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer(text);
      }}
    >
      <label>
        {prompt || t("answerLabel")}
        <Input ref={(input) => input?.focus()} type={hidden ? "password" : "text"} autoComplete="off" value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <Button htmlType="submit">{t("answer")}</Button>
    </form>
  );
}
