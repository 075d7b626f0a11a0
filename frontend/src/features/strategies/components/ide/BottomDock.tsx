import { Button } from "antd";
import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";

import { strategyTexts } from "../../i18n";
import { DOCK, useIdeLayout, type DockKey } from "./layout";
import "./ide.css";

export interface DockEntry {
  key: DockKey;
  label: ReactNode;
  /** Said on hover: what it is, and its keys. */
  hint?: string;
  icon?: ReactNode;
  content: ReactNode;
}

/** The panel of the chosen entry, below the editor. */
export function BottomDock({ entries }: { entries: readonly DockEntry[] }) {
  const { dock, dockHeight } = useIdeLayout();
  const open = entries.find(({ key }) => key === dock);
  if (open === undefined) return <div />;
  return (
    <div className="ide-dock" style={{ height: dockHeight }}>
      <Divider />
      <div className="ide-dock-content">{open.content}</div>
    </div>
  );
}

/** The buttons that open and close the dock's panels; they stand in the status bar. */
export function DockButtons({ entries }: { entries: readonly DockEntry[] }) {
  const t = strategyTexts.useText();
  const { dock, showDock } = useIdeLayout();
  return (
    <span className="ide-dock-buttons" role="group" aria-label={t("ide.dock")}>
      {entries.map(({ key, label, hint, icon }) => (
        <Button
          key={key}
          size="small"
          type={key === dock ? "primary" : "default"}
          icon={icon}
          title={hint}
          aria-pressed={key === dock}
          data-tour={`dock-${key}`}
          onClick={() => showDock(key === dock ? null : key)}
        >
          {label}
        </Button>
      ))}
    </span>
  );
}

/** The upper edge of the dock: drag it, or use the arrow keys; a double click gives the usual height back. */
function Divider() {
  const t = strategyTexts.useText();
  const { dockHeight, resizeDock } = useIdeLayout();
  const from = useRef<{ y: number; height: number } | null>(null);
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowUp: 24, ArrowDown: -24 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    resizeDock(dockHeight + by);
  };
  const onMove = (event: PointerEvent) => {
    if (from.current !== null) resizeDock(from.current.height + from.current.y - event.clientY);
  };
  return (
    <div
      className="ide-dock-divider"
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t("ide.resize")}
      aria-valuenow={dockHeight}
      aria-valuemin={DOCK.least}
      aria-valuemax={Math.round(globalThis.innerHeight * DOCK.most)}
      onKeyDown={onKey}
      onDoubleClick={() => resizeDock(DOCK.usual)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { y: event.clientY, height: dockHeight };
      }}
      onPointerMove={onMove}
      onPointerUp={() => (from.current = null)}
    />
  );
}
