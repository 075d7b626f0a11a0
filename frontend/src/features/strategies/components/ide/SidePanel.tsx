import { Button, Tooltip } from "antd";
import type { ReactNode } from "react";

import { strategyTexts } from "../../i18n";
import { useIdeLayout, type SideKey } from "./layout";
import "./ide.css";

export interface SideEntry {
  key: SideKey;
  label: string;
  icon: ReactNode;
  /** Beside the icon, e.g. that the debugger has stopped. */
  mark?: boolean;
  content: ReactNode;
}

/** A strip of icons at the left of the editor, and the panel of the one that is chosen. */
export function SidePanel({ entries }: { entries: readonly SideEntry[] }) {
  const t = strategyTexts.useText();
  const { side, showSide } = useIdeLayout();
  const open = entries.find(({ key }) => key === side);
  return (
    <div className="ide-side">
      <nav className="ide-side-strip" aria-label={t("ide.side")}>
        {entries.map(({ key, label, icon, mark }) => (
          <Tooltip key={key} title={label} placement="right">
            <Button
              type="text"
              className="ide-side-button"
              data-mark={mark === true}
              data-tour={`side-${key}`}
              icon={icon}
              aria-label={label}
              aria-pressed={key === side}
              onClick={() => showSide(key === side ? null : key)}
            />
          </Tooltip>
        ))}
      </nav>
      {open !== undefined && (
        <section className="ide-side-panel" aria-label={open.label}>
          {open.content}
        </section>
      )}
    </div>
  );
}
