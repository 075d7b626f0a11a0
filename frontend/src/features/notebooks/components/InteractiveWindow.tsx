import { ClearOutlined, CloseOutlined, DownOutlined, PoweroffOutlined, ReloadOutlined, StopOutlined } from "@ant-design/icons";
import { Alert, Button, Input, Popconfirm, Segmented, Tooltip } from "antd";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";

import { usePrefs } from "@/app/prefs";
import { Empty } from "@/ui/state";

import { notebookTexts } from "../i18n";
import type { Kernel } from "../useKernel";
import { RunView } from "./RunView";
import { VariablesView } from "./VariablesView";
import "./notebooks.css";

const EXAMPLE = `from quantdesk.sdk import market

codes = market.symbols()
frame = market.bars(codes[0])
frame.tail()`;
const NEAR_END = 40;

/** What was run of a document, with what it gave; and a line to run more. */
export function InteractiveWindow({ kernel, onGoTo, onClose }: { kernel: Kernel; onGoTo: (line: number) => void; onClose: () => void }) {
  const t = notebookTexts.useText();
  const language = usePrefs((prefs) => prefs.language);
  const { window, line, usage, refused, send } = kernel;
  const [view, setView] = useState<"outputs" | "variables">("outputs");
  const list = useRef<HTMLDivElement>(null);
  const following = useRef(true);

  useEffect(() => {
    if (following.current && list.current !== null) list.current.scrollTop = list.current.scrollHeight;
  }, [window.runs, view]);

  const alive = window.state !== "none" && window.state !== "dead";
  const busy = window.runs.some(({ status }) => status === "running" || status === "waiting");
  return (
    <section className="interactive" aria-label={t("title")}>
      <header className="interactive-head">
        <span className="kernel-state" data-state={window.state} role="status">
          {t(line === "connecting" && window.last === 0 ? "connecting" : window.state)}
        </span>
        {usage !== null && <span className="soft">{t("memory", { used: Math.round(usage.memory_mb), limit: usage.memory_limit_mb })}</span>}
        <span className="interactive-space" />
        <Segmented
          size="small"
          value={view}
          onChange={setView}
          options={[
            { value: "outputs", label: t("title") },
            { value: "variables", label: t("variables") },
          ]}
        />
        <Tooltip title={t("interrupt")}>
          <Button size="small" type="text" icon={<StopOutlined />} aria-label={t("interrupt")} disabled={!busy} onClick={() => send({ type: "interrupt" })} />
        </Tooltip>
        <Popconfirm title={t("restartAsk")} okText={t("restart")} onConfirm={() => send({ type: "restart" })} disabled={!alive}>
          <Button size="small" type="text" icon={<ReloadOutlined />} aria-label={t("restart")} title={t("restart")} disabled={!alive} />
        </Popconfirm>
        <Tooltip title={t("shutdown")}>
          <Button size="small" type="text" icon={<PoweroffOutlined />} aria-label={t("shutdown")} disabled={!alive} onClick={() => send({ type: "shutdown" })} />
        </Tooltip>
        <Tooltip title={t("clear")}>
          <Button
            size="small"
            type="text"
            icon={<ClearOutlined />}
            aria-label={t("clear")}
            disabled={window.runs.length === 0}
            onClick={() => send({ type: "clear_outputs" })}
          />
        </Tooltip>
        <Tooltip title={t("close")}>
          <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t("close")} onClick={onClose} />
        </Tooltip>
      </header>
      {line === "waiting" && <Alert banner type="warning" title={t("away")} />}
      {line === "noHost" && <Alert banner type="error" title={t("noHost")} />}
      {window.state === "dead" && window.why !== null && <Alert banner type="error" title={language === "zh" ? window.why.zh : window.why.en} />}
      {refused !== null && <Alert banner type="warning" title={t("refused", { message: refused })} />}
      {view === "variables" ? (
        <VariablesView kernel={kernel} />
      ) : (
        <div
          ref={list}
          className="interactive-runs"
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            following.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
          }}
        >
          {window.runs.length === 0 && (
            <Empty title={t("emptyTitle")} action={<Button onClick={() => kernel.run(EXAMPLE, 0)}>{t("example")}</Button>}>
              {t("emptyText")}
            </Empty>
          )}
          {window.runs.map((run) => (
            <RunView key={run.cell} run={run} runs={window.runs} onGoTo={onGoTo} onAnswer={(text) => send({ type: "answer", text })} />
          ))}
        </div>
      )}
      <Prompt history={window.runs.map(({ code }) => code)} onRun={(code) => kernel.run(code, 0)} />
    </section>
  );
}

function Prompt({ history, onRun }: { history: readonly string[]; onRun: (code: string) => void }) {
  const t = notebookTexts.useText();
  const [code, setCode] = useState("");
  const [back, setBack] = useState(0);
  const run = () => {
    if (code.trim() === "") return;
    onRun(code);
    setCode("");
    setBack(0);
  };
  const step = (by: number) => {
    const at = Math.min(Math.max(0, back + by), history.length);
    setBack(at);
    setCode(at === 0 ? "" : (history.at(-at) ?? ""));
  };
  const onKey = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return; // the Enter that chooses a Chinese word
    const { selectionStart, value } = event.currentTarget;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      run();
    } else if (event.key === "ArrowUp" && !value.slice(0, selectionStart).includes("\n") && history.length > 0) {
      event.preventDefault();
      step(1);
    } else if (event.key === "ArrowDown" && back > 0 && !value.slice(selectionStart).includes("\n")) {
      event.preventDefault();
      step(-1);
    }
  };
  return (
    <div className="interactive-prompt">
      <Input.TextArea
        aria-label={t("inputLabel")}
        placeholder={t("inputHint")}
        autoSize={{ minRows: 1, maxRows: 8 }}
        spellCheck={false}
        value={code}
        onChange={(event) => setCode(event.target.value)}
        onKeyDown={onKey}
      />
      <Button icon={<DownOutlined rotate={-90} />} aria-label={t("run")} title={t("run")} disabled={code.trim() === ""} onClick={run} />
    </div>
  );
}
