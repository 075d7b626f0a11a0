import { DownOutlined, FileMarkdownOutlined, FileOutlined, MoreOutlined, PythonOutlined, RightOutlined } from "@ant-design/icons";
import { Button, Dropdown, type MenuProps } from "antd";
import { Fragment, useEffect, useRef, type KeyboardEvent, type ReactNode } from "react";

import { MAIN, type FileState } from "../logic/project";
import { keyStep, type TreeRow } from "../logic/tree";
import { fileTexts } from "./i18n";

export interface FileCounts {
  errors: number;
  warnings: number;
}

interface FileTreeProps {
  rows: readonly TreeRow[];
  closed: ReadonlySet<string>;
  focused: string;
  active: string;
  changes: ReadonlyMap<string, FileState>;
  counts: ReadonlyMap<string, FileCounts>;
  menuOf: (row: TreeRow) => NonNullable<MenuProps["items"]>;
  /** A name is being typed. */
  naming: boolean;
  /** In the place of a row's name, while it is renamed. */
  insteadOf: (row: TreeRow) => ReactNode;
  /** Below a row (null: above all), where a new file is named. */
  below: (row: TreeRow | null) => ReactNode;
  onFocus: (path: string) => void;
  onOpen: (row: TreeRow) => void;
  onToggle: (path: string) => void;
  onRename: (path: string) => void;
  onDelete: (path: string) => void;
}

/** The files as a tree: one row is in the tab order, the arrow keys go to the others. */
export function FileTree({ rows, closed, focused, changes, counts, active, naming, menuOf, insteadOf, below, onFocus, onOpen, onToggle, onRename, onDelete }: FileTreeProps) {
  const t = fileTexts.useText();
  const tree = useRef<HTMLDivElement>(null);
  const within = useRef(false);
  const here = rows.some(({ path }) => path === focused) ? focused : MAIN;
  useEffect(() => {
    if (within.current && !naming) tree.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }, [here, naming]);

  const onKey = (event: KeyboardEvent, row: TreeRow) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      Enter: () => onOpen(row),
      " ": () => onOpen(row),
      F2: () => onRename(row.path),
      Delete: () => onDelete(row.path),
    };
    const step = keyStep(event.key, rows, here, closed);
    const act = acts[event.key] ?? (step === null ? undefined : "to" in step ? () => onFocus(step.to) : () => onToggle(step.toggle));
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    within.current = true;
    act();
  };

  return (
    <div
      ref={tree}
      role="tree"
      aria-label={t("tree")}
     
      onFocus={() => (within.current = true)}
      onBlur={(event) => (within.current = event.currentTarget.contains(event.relatedTarget))}
    >
      {below(null)}
      {rows.map((row) => {
        const { path, level } = row;
        const edited = insteadOf(row);
        return (
          <Fragment key={path}>
            {edited === null ? (
              <Dropdown trigger={["contextMenu"]} menu={{ items: menuOf(row) }}>
                <div
                  role="treeitem"
                  className="file-row"
                  aria-level={level}
                  aria-posinset={row.place}
                  aria-setsize={row.siblings}
                  aria-selected={path === active}
                  aria-expanded={row.kind === "folder" ? !closed.has(path) : undefined}
                  tabIndex={path === here ? 0 : -1}
                  style={{ paddingLeft: 8 + (level - 1) * 14 }}
                  title={path}
                  onClick={(event) => {
                    // A click in the row's menu, which lies elsewhere in the document, comes by here, too.
                    if (!event.currentTarget.contains(event.target as Node)) return;
                    onFocus(path);
                    onOpen(row);
                  }}
                  onFocus={(event) => event.target === event.currentTarget && path !== here && onFocus(path)}
                  onKeyDown={(event) => onKey(event, row)}
                >
                  <Icon row={row} closed={closed.has(path)} />
                  <span className="file-name">{row.name}</span>
                  <Marks row={row} closed={closed.has(path)} changes={changes} counts={counts} />
                  <Dropdown trigger={["click"]} menu={{ items: menuOf(row) }}>
                    <Button
                      type="text"
                      size="small"
                      className="file-more"
                      tabIndex={-1}
                      icon={<MoreOutlined aria-hidden />}
                      aria-label={t("more", { name: row.name })}
                      onClick={(event) => event.stopPropagation()}
                    />
                  </Dropdown>
                </div>
              </Dropdown>
            ) : (
              <div style={{ paddingLeft: 8 + (level - 1) * 14 }}>{edited}</div>
            )}
            {below(row)}
          </Fragment>
        );
      })}
    </div>
  );
}

function Icon({ row, closed }: { row: TreeRow; closed: boolean }) {
  if (row.kind === "folder") return closed ? <RightOutlined aria-hidden className="file-icon" /> : <DownOutlined aria-hidden className="file-icon" />;
  if (row.path.endsWith(".md")) return <FileMarkdownOutlined aria-hidden className="file-icon" />;
  return row.path === MAIN ? <PythonOutlined aria-hidden className="file-icon file-main" /> : <FileOutlined aria-hidden className="file-icon" />;
}

/** Unsaved, and how many problems; a closed folder speaks for all in it. */
function Marks({ row, closed, changes, counts }: { row: TreeRow; closed: boolean } & Pick<FileTreeProps, "changes" | "counts">) {
  const t = fileTexts.useText();
  const speaks = (path: string) => path === row.path || (row.kind === "folder" && closed && path.startsWith(`${row.path}/`));
  const unsaved = [...changes].filter(([path]) => speaks(path));
  let errors = 0;
  let warnings = 0;
  for (const [path, found] of counts) {
    if (!speaks(path)) continue;
    errors += found.errors;
    warnings += found.warnings;
  }
  return (
    <>
      {errors + warnings > 0 && (
        <span className={errors > 0 ? "file-count danger" : "file-count warning"} title={t("problemsOf", { errors, warnings })}>
          <span aria-hidden>{errors + warnings}</span>
          <span className="visually-hidden">{t("problemsOf", { errors, warnings })}</span>
        </span>
      )}
      {unsaved.length > 0 && (
        <span className="file-unsaved" title={t(unsaved[0]?.[1] === "added" ? "added" : "unsaved")}>
          <span aria-hidden>●</span>
          <span className="visually-hidden">{t(unsaved[0]?.[1] === "added" ? "added" : "unsaved")}</span>
        </span>
      )}
    </>
  );
}
