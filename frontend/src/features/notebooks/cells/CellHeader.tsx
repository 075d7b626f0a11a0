import { BugOutlined, CaretRightOutlined, CheckOutlined, ClockCircleOutlined, CloseOutlined, EditOutlined, EyeOutlined, LoadingOutlined, StopOutlined, VerticalAlignBottomOutlined, VerticalAlignTopOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { memo, type ReactNode } from "react";

import { notebookTexts } from "../i18n";
import type { Run } from "../logic/outputs";

export interface CellHeaderProps {
  kind: "code" | "markdown" | "raw";
  title: string;
  active: boolean;
  /** Null while the cell was not run. */
  status: Run["status"] | "stale" | null;
  count: number | null;
  seconds: number | null;
  /** Of a Markdown cell: it is shown as drawn. */
  drawn: boolean;
  onRun: () => void;
  onRunAbove: (() => void) | null;
  onRunBelow: () => void;
  onStop: () => void;
  onDraw: () => void;
  onDebug: () => void;
}

/** The line above a cell: what can be done with it, and how it stands. */
export const CellHeader = memo(function CellHeader(props: CellHeaderProps) {
  const t = notebookTexts.useText();
  const { kind, title, active, status, count, seconds, drawn, onRun, onRunAbove, onRunBelow, onStop, onDraw, onDebug } = props;
  const going = status === "running" || status === "waiting";
  return (
    <div className="cell-head" role="toolbar" aria-label={title === "" ? t("cell") : t("cellNamed", { title })} data-active={active} data-status={status ?? "none"}>
      {kind === "code" && (
        <>
          {going ? (
            <Action label={t("interrupt")} icon={<StopOutlined aria-hidden />} onClick={onStop} />
          ) : (
            <Action label={t("runCell")} hint={t("runCellKeys")} icon={<CaretRightOutlined aria-hidden />} onClick={onRun} />
          )}
          <Action label={t("runAbove")} icon={<VerticalAlignTopOutlined aria-hidden />} onClick={onRunAbove} />
          <Action label={t("runBelow")} icon={<VerticalAlignBottomOutlined aria-hidden />} onClick={onRunBelow} />
          <Action label={t("debugCell")} hint="Shift+Alt+Enter" icon={<BugOutlined aria-hidden />} onClick={onDebug} />
        </>
      )}
      {kind === "markdown" && (
        <Action label={t(drawn ? "hideDrawn" : "showDrawn")} icon={drawn ? <EditOutlined aria-hidden /> : <EyeOutlined aria-hidden />} onClick={onDraw} />
      )}
      <span className="cell-line" />
      {status !== null && (
        <span className="cell-state" role="status">
          {count !== null && <span>{`In [${count}]`}</span>}
          {seconds !== null && !going && status !== "aborted" && <span>{t("took", { seconds: seconds.toFixed(seconds < 10 ? 2 : 0) })}</span>}
          <span className="cell-word">
            {ICONS[status]} {t(`status.${status}`)}
          </span>
        </span>
      )}
    </div>
  );
});

const ICONS = {
  waiting: <ClockCircleOutlined aria-hidden />,
  running: <LoadingOutlined aria-hidden />,
  ok: <CheckOutlined aria-hidden />,
  error: <CloseOutlined aria-hidden />,
  aborted: <StopOutlined aria-hidden />,
  stale: <EditOutlined aria-hidden />,
};

function Action({ label, hint, icon, onClick }: { label: string; hint?: string; icon: ReactNode; onClick: (() => void) | null }) {
  return (
    <Button
      size="small"
      type="text"
      icon={icon}
      aria-label={label}
      title={hint === undefined ? label : `${label} (${hint})`}
      disabled={onClick === null}
      // The cursor stays in the code.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick ?? undefined}
    />
  );
}
