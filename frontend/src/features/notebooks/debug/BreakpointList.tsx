import { CloseOutlined, EditOutlined } from "@ant-design/icons";
import { Button, Checkbox } from "antd";

import { debugTexts } from "./i18n";
import type { Breakpoint } from "./logic/breakpoints";

interface BreakpointListProps {
  breakpoints: readonly Breakpoint[];
  hint: (breakpoint: Breakpoint) => string;
  onGoTo: (line: number, path: string) => void;
  onPut: (breakpoint: Breakpoint) => void;
  onRemove: (breakpoint: Breakpoint) => void;
  onEdit: (breakpoint: Breakpoint, at: { x: number; y: number }) => void;
}

/** All breakpoints of the document. */
export function BreakpointList({ breakpoints, hint, onGoTo, onPut, onRemove, onEdit }: BreakpointListProps) {
  const t = debugTexts.useText();
  if (breakpoints.length === 0) return <p className="soft">{t("breakpointsNone")}</p>;
  return (
    <ul className="debug-tree">
      {breakpoints.map((each) => {
        const place = t("breakpointAt", { path: each.path, line: each.line });
        return (
          <li key={each.id} className="debug-row">
            <Checkbox checked={each.enabled} aria-label={t("enable", { place })} onChange={({ target }) => onPut({ ...each, enabled: target.checked })} />
            <button type="button" className="debug-frame" title={hint(each)} onClick={() => onGoTo(each.line, each.path)}>
              <span className="debug-name">
                {each.path}:{each.line}
              </span>
              <span className="soft debug-mono">{[each.condition, each.hits === null ? "" : `≥ ${each.hits}`, each.log].filter(Boolean).join(" · ")}</span>
            </button>
            <span className="debug-acts">
              <Button
                type="text"
                size="small"
                icon={<EditOutlined aria-hidden />}
                aria-label={t("editAt", { place })}
                onClick={({ currentTarget }) => {
                  const { left, bottom } = currentTarget.getBoundingClientRect();
                  onEdit(each, { x: left, y: bottom });
                }}
              />
              <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t("removeAt", { place })} onClick={() => onRemove(each)} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
