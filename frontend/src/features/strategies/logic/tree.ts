/** Files as the rows of a tree. */
import { MAIN } from "./project";

export interface TreeRow {
  /** A folder's path has no slash at its end. */
  path: string;
  name: string;
  kind: "file" | "folder";
  /** From 1, as screen readers count. */
  level: number;
  /** Place among its siblings, from 1, and how many they are. */
  place: number;
  siblings: number;
}

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The rows that are seen: the main file first, then folders before files, by name. What is in a closed folder is left out.
 *
 * @param extra a folder that has no file yet.
 */
export function treeRows(paths: readonly string[], closed: ReadonlySet<string>, extra?: string): TreeRow[] {
  const children = new Map<string, { folders: Set<string>; files: string[] }>();
  const at = (folder: string) => {
    const known = children.get(folder);
    if (known !== undefined) return known;
    const made = { folders: new Set<string>(), files: [] };
    children.set(folder, made);
    if (folder !== "") at(parentOf(folder)).folders.add(folder);
    return made;
  };
  at("");
  if (extra !== undefined && extra !== "") at(extra);
  for (const path of paths) at(parentOf(path)).files.push(path);

  const rows: TreeRow[] = [];
  const walk = (folder: string, level: number) => {
    const { folders, files } = at(folder);
    const inOrder = [
      ...files.filter((path) => path === MAIN),
      ...[...folders].sort(),
      ...files.filter((path) => path !== MAIN).sort(),
    ];
    inOrder.forEach((path, index) => {
      const kind = folders.has(path) ? "folder" : "file";
      rows.push({ path, name: nameOf(path), kind, level, place: index + 1, siblings: inOrder.length });
      if (kind === "folder" && !closed.has(path)) walk(path, level + 1);
    });
  };
  walk("", 1);
  return rows;
}

/** The row a key leads to from another one; what it does to a folder: open or close it. */
export type KeyStep = { to: string } | { toggle: string } | null;

/** What an arrow key, Home or End does in the tree. */
export function keyStep(key: string, rows: readonly TreeRow[], focused: string, closed: ReadonlySet<string>): KeyStep {
  const at = rows.findIndex(({ path }) => path === focused);
  const row = rows[at];
  const to = (index: number): KeyStep => {
    const found = rows[index];
    return found === undefined || found === row ? null : { to: found.path };
  };
  if (row === undefined) return to(0);
  switch (key) {
    case "ArrowDown":
      return to(at + 1);
    case "ArrowUp":
      return to(at - 1);
    case "Home":
      return to(0);
    case "End":
      return to(rows.length - 1);
    case "ArrowRight":
      if (row.kind === "file") return null;
      return closed.has(row.path) ? { toggle: row.path } : to(at + 1);
    case "ArrowLeft":
      if (row.kind === "folder" && !closed.has(row.path)) return { toggle: row.path };
      return row.level === 1 ? null : { to: parentOf(row.path) };
    default:
      return null;
  }
}
