import { Button } from "antd";
import { useState } from "react";

import { debugTexts } from "./i18n";
import { stackRows, type Frame } from "./logic/session";

/** The frames of a stop, innermost first; those of libraries are folded. */
export function CallStack({ frames, chosen, onChoose }: { frames: readonly Frame[]; chosen: number | null; onChoose: (frame: Frame) => void }) {
  const t = debugTexts.useText();
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const one = (frame: Frame) => (
    <li key={frame.id}>
      <button type="button" className="debug-frame" aria-current={frame.id === chosen} onClick={() => onChoose(frame)}>
        <span className="debug-name">{frame.name}</span>
        <span className="soft">{frame.path === null ? frame.line : `${frame.path}:${frame.line}`}</span>
      </button>
    </li>
  );
  return (
    <ol className="debug-tree">
      {stackRows(frames).map((row, index) => {
        if ("frame" in row) return one(row.frame);
        if (opened.has(index)) return row.library.map(one);
        return (
          <li key={`library ${index}`}>
            <Button type="link" size="small" aria-expanded={false} onClick={() => setOpened(new Set([...opened, index]))}>
              {t("library", { count: row.library.length })}
            </Button>
          </li>
        );
      })}
    </ol>
  );
}
