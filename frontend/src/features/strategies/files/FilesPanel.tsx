import { FileAddOutlined, FolderAddOutlined } from "@ant-design/icons";
import { Button, type MenuProps } from "antd";
import { memo, useMemo, useState } from "react";

import { MOST_FILES, moveTrouble, newFileTrouble } from "../logic/paths";
import { inside, MAIN, movedPath } from "../logic/project";
import { parentOf, treeRows, type TreeRow } from "../logic/tree";
import { FileTree, type FileCounts } from "./FileTree";
import { fileTexts } from "./i18n";
import { PathInput } from "./PathInput";
import type { Files } from "./useFiles";
import "./files.css";

/** What is being named: a new file or folder in a folder ("": at the top), or a row anew. */
type Naming = { what: "file" | "folder"; folder: string } | { what: "row"; path: string } | null;

const NONE: ReadonlySet<string> = new Set();
const join = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** The strategy's files: open, make, name, move, copy and take away. */
export const FilesPanel = memo(function FilesPanel({ files, counts }: { files: Files; counts: ReadonlyMap<string, FileCounts> }) {
  const t = fileTexts.useText();
  const { paths, tabs, changes } = files;
  const [closed, setClosed] = useState(NONE);
  const [focused, setFocused] = useState(tabs.active);
  const [naming, setNaming] = useState<Naming>(null);
  // A folder is there by its files: a new one waits for its first.
  const waiting = naming?.what === "file" ? naming.folder : "";
  const rows = useMemo(() => treeRows(paths, closed, waiting), [paths, closed, waiting]);
  const full = paths.length > MOST_FILES;
  const gone = [...changes].filter(([, state]) => state === "removed").map(([path]) => path);

  const toggle = (path: string) => {
    const next = new Set(closed);
    if (!next.delete(path)) next.add(path);
    setClosed(next);
  };
  const begin = (what: "file" | "folder", folder: string) => {
    if (closed.has(folder)) toggle(folder);
    setNaming({ what, folder });
  };
  /** Where a new file goes that is asked for from the bar: beside the row that has the focus, or into it. */
  const folderHere = () => {
    const row = rows.find(({ path }) => path === focused);
    if (row === undefined) return "";
    return row.kind === "folder" ? row.path : parentOf(row.path);
  };
  const rename = (path: string) => path !== MAIN && setNaming({ what: "row", path });
  const remove = (path: string) => {
    if (path === MAIN) return;
    const at = rows.findIndex((row) => row.path === path);
    setFocused(rows[at - 1]?.path ?? MAIN);
    files.remove(path);
  };
  const open = (row: TreeRow) => (row.kind === "folder" ? toggle(row.path) : files.show(row.path));

  const menuOf = (row: TreeRow): NonNullable<MenuProps["items"]> => {
    const { path, kind } = row;
    const folder = kind === "folder" ? path : parentOf(path);
    return [
      ...(kind === "file" ? [{ key: "open", label: t("openFile"), onClick: () => files.show(path) }] : []),
      { key: "file", label: t("newFile"), disabled: full, onClick: () => begin("file", folder) },
      { key: "folder", label: t("newFolder"), disabled: full, onClick: () => begin("folder", folder) },
      { key: "rename", label: t("rename"), disabled: path === MAIN, extra: "F2", onClick: () => rename(path) },
      ...(kind === "file" ? [{ key: "copy", label: t("duplicate"), disabled: full, onClick: () => files.duplicate(path) }] : []),
      { key: "delete", label: t("delete"), disabled: path === MAIN, danger: true, extra: "Delete", onClick: () => remove(path) },
    ];
  };

  const insteadOf = (row: TreeRow) => {
    if (naming?.what !== "row" || naming.path !== row.path) return null;
    const from = row.path;
    return (
      <PathInput
        label={t("pathOf")}
        hint={t("fileHint")}
        first={from}
        folder={row.kind === "folder"}
        check={(to) => (to === "" ? "empty" : moveTrouble(inside(from, paths).map((path) => ({ from: path, to: movedPath(path, from, to) })), paths))}
        onDone={(to) => {
          setNaming(null);
          setFocused(to);
          files.move(from, to);
        }}
        onCancel={() => setNaming(null)}
      />
    );
  };
  const below = (row: TreeRow | null) => {
    if (naming === null || naming.what === "row" || naming.folder !== (row?.path ?? "")) return null;
    const { what, folder } = naming;
    return (
      <div style={{ paddingLeft: 8 + (row?.level ?? 0) * 14 }}>
        {what === "file" ? (
          <PathInput
            key={folder}
            label={folder === "" ? t("pathOf") : t("newIn", { folder })}
            hint={folder === "" ? t("fileHint") : "cross.py"}
            first=""
            check={(name) => (name === "" ? "empty" : newFileTrouble(join(folder, name), paths))}
            onDone={(name) => {
              setNaming(null);
              setFocused(join(folder, name));
              files.create(join(folder, name));
            }}
            onCancel={() => setNaming(null)}
          />
        ) : (
          <PathInput
            key={`${folder}/`}
            label={t("folderName")}
            hint={t("folderHint")}
            first=""
            folder
            check={(name) => (name === "" ? "empty" : newFileTrouble(join(folder, `${name}/_.py`), paths))}
            onDone={(name) => setNaming({ what: "file", folder: join(folder, name) })}
            onCancel={() => setNaming(null)}
          />
        )}
      </div>
    );
  };

  return (
    <div className="files-panel">
      <header>
        <h2>{t("title")}</h2>
        <Button type="text" size="small" icon={<FileAddOutlined aria-hidden />} disabled={full} aria-label={t("newFile")} title={t("newFile")} onClick={() => begin("file", folderHere())} />
        <Button type="text" size="small" icon={<FolderAddOutlined aria-hidden />} disabled={full} aria-label={t("newFolder")} title={t("newFolder")} onClick={() => begin("folder", folderHere())} />
      </header>
      <FileTree
        rows={rows}
        closed={closed}
        focused={focused}
        active={tabs.active}
        naming={naming !== null}
        changes={changes}
        counts={counts}
        menuOf={menuOf}
        insteadOf={insteadOf}
        below={below}
        onFocus={setFocused}
        onOpen={open}
        onToggle={toggle}
        onRename={rename}
        onDelete={remove}
      />
      {paths.length === 1 && naming === null && <p className="soft">{t("onlyMain")}</p>}
      {gone.length > 0 && <p className="unsaved">{t("gone", { names: gone.join(", ") })}</p>}
      <p className="soft files-keys" title={t("keys")}>
        {t("count", { count: paths.length })}
      </p>
    </div>
  );
});
