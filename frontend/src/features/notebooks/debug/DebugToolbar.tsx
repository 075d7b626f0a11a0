import { ArrowDownOutlined, ArrowUpOutlined, BugOutlined, CaretRightOutlined, CodeOutlined, PauseOutlined, RedoOutlined, StopOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactNode } from "react";

import { debugTexts } from "./i18n";
import type { Phase } from "./logic/session";

export type How = "over" | "in" | "out" | "continue" | "pause" | "stop";

const STEPS: [How, ReactNode][] = [
  ["continue", <CaretRightOutlined key="continue" aria-hidden />],
  ["over", <RedoOutlined key="over" aria-hidden />],
  ["in", <ArrowDownOutlined key="in" aria-hidden />],
  ["out", <ArrowUpOutlined key="out" aria-hidden />],
  ["pause", <PauseOutlined key="pause" aria-hidden />],
  ["stop", <StopOutlined key="stop" aria-hidden />],
];

interface DebugToolbarProps {
  phase: Phase;
  /** Why the strategy cannot be started. */
  blocked: string | undefined;
  onStart: () => void;
  onCell: () => void;
  onStep: (how: How) => void;
}

/** Start what is to be debugged, or go on with it. */
export function DebugToolbar({ phase, blocked, onStart, onCell, onStep }: DebugToolbarProps) {
  const t = debugTexts.useText();
  const active = phase === "starting" || phase === "running" || phase === "stopped";
  const can = (how: How) => (how === "stop" ? active : how === "pause" ? phase === "running" : phase === "stopped");
  return (
    <div className="debug-tools" role="toolbar" aria-label={t("controls")}>
      {active ? (
        STEPS.map(([how, icon]) => (
          <Button key={how} type="text" size="small" icon={icon} aria-label={t(how)} title={t(how)} disabled={!can(how)} onClick={() => onStep(how)} />
        ))
      ) : (
        <>
          <Button type="primary" size="small" icon={<BugOutlined aria-hidden />} title={blocked ?? t("startHint")} disabled={blocked !== undefined} onClick={onStart}>
            {t("start")}
          </Button>
          <Button size="small" icon={<CodeOutlined aria-hidden />} title={t("cellHint")} onClick={onCell}>
            {t("cell")}
          </Button>
        </>
      )}
    </div>
  );
}
