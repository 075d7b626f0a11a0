import { CloseOutlined } from "@ant-design/icons";
import { memo, useEffect, useRef, type KeyboardEvent } from "react";

import { MAIN } from "../logic/project";
import { nameOf, parentOf } from "../logic/tree";
import { fileTexts } from "./i18n";
import type { Files } from "./useFiles";
import "./files.css";

/** The open files above the editor; nothing where the strategy has one file only. */
export const FileTabs = memo(function FileTabs({ files }: { files: Files }) {
  const t = fileTexts.useText();
  const bar = useRef<HTMLDivElement>(null);
  const { tabs, changes, paths } = files;
  const { open, active } = tabs;
  const alone = paths.length === 1;
  useEffect(() => {
    bar.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [active, alone]);
  if (alone) return null;
  // Two files of one name are told apart by their folders.
  const names = open.map(nameOf);
  const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at));

  const onKey = (event: KeyboardEvent, path: string) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by !== undefined && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      const next = open[(open.indexOf(path) + by + open.length) % open.length] ?? path;
      files.show(next);
      bar.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(next)}"]`)?.focus();
    }
    if (event.key === "Delete") files.close(path);
  };

  return (
    <div ref={bar} role="tablist" aria-label={t("tabs")} className="file-tabs" title={t("tabKeys")}>
      {open.map((path) => {
        const name = nameOf(path);
        const unsaved = changes.has(path);
        return (
          <div key={path} className="file-tab" data-active={path === active}>
            <button
              type="button"
              role="tab"
              data-path={path}
              aria-selected={path === active}
              tabIndex={path === active ? 0 : -1}
              title={path}
              onClick={() => files.show(path)}
              onAuxClick={(event) => {
                if (event.button === 1) files.close(path);
              }}
              // The middle button would begin to scroll.
              onMouseDown={(event) => event.button === 1 && event.preventDefault()}
              onKeyDown={(event) => onKey(event, path)}
            >
              {name}
              {twice.has(name) && path !== MAIN && <span className="soft"> {parentOf(path)}</span>}
              {unsaved && (
                <span className="file-unsaved">
                  <span aria-hidden> ●</span>
                  <span className="visually-hidden"> {t("unsaved")}</span>
                </span>
              )}
            </button>
            {open.length > 1 && (
              <button type="button" className="file-tab-close" tabIndex={-1} aria-label={t("close", { name })} onClick={() => files.close(path)}>
                <CloseOutlined aria-hidden />
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
});
