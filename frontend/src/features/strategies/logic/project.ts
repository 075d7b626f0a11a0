/** A strategy's code: the main file and others beside it. A change of one file leaves the others the same objects. */

export interface SourceFile {
  path: string;
  text: string;
}

export interface Project {
  /** The main file, shown as `strategy.py`. */
  code: string;
  /** The others, sorted by path. */
  files: readonly SourceFile[];
}

/** The name of the main file. */
export const MAIN = "strategy.py";

const order = (a: SourceFile, b: SourceFile): number => (a.path < b.path ? -1 : Number(a.path > b.path));

/** Take the code out of an answer that says more. */
export const projectOf = ({ code, files = [] }: { code: string; files?: readonly SourceFile[] }): Project => ({ code, files });

/** All paths, the main file first. */
export const pathsOf = ({ files }: Project): string[] => [MAIN, ...files.map(({ path }) => path)];

/** Give the text of a file; null where there is none. */
export function textOf(project: Project, path: string): string | null {
  if (path === MAIN) return project.code;
  return project.files.find((file) => file.path === path)?.text ?? null;
}

/** Write a file, which is made where it is none yet. */
export function withText(project: Project, path: string, text: string): Project {
  const before = textOf(project, path);
  if (before === text) return project;
  if (path === MAIN) return { ...project, code: text };
  if (before === null) return { ...project, files: [...project.files, { path, text }].sort(order) };
  return { ...project, files: project.files.map((file) => (file.path === path ? { path, text } : file)) };
}

/** Take files away; the main file stays. */
export function without(project: Project, paths: readonly string[]): Project {
  const files = project.files.filter(({ path }) => !paths.includes(path));
  return files.length === project.files.length ? project : { ...project, files };
}

/** Move a file, or all files of a folder. */
export function moved(project: Project, from: string, to: string): Project {
  if (from === to || from === MAIN) return project;
  const files = project.files.map((file) => {
    const path = movedPath(file.path, from, to);
    return path === file.path ? file : { ...file, path };
  });
  return { ...project, files: files.sort(order) };
}

/** Where a file is after a file or folder was moved. */
export function movedPath(path: string, from: string, to: string): string {
  if (path === from) return to;
  return path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
}

/** Of some paths that of a file, or those of all files in a folder. */
export const inside = (path: string, paths: readonly string[]): string[] => paths.filter((each) => each === path || each.startsWith(`${path}/`));

/** The paths of a file, or of all files in a folder; the main one's is never among them. */
export const within = (project: Project, path: string): string[] => inside(path, project.files.map((file) => file.path));

/** Whether both hold the same. Texts that were not touched are the same objects, so that this costs nothing while typing. */
export function sameProject(a: Project, b: Project): boolean {
  if (a === b) return true;
  if (a.code !== b.code || a.files.length !== b.files.length) return false;
  return a.files === b.files || a.files.every((file, at) => file === b.files[at] || (file.path === b.files[at]?.path && file.text === b.files[at].text));
}

export type FileState = "added" | "removed" | "changed";

export interface FileChange {
  path: string;
  state: FileState;
}

/** What differs between two states of a strategy: the main file first, then by path. */
export function fileChanges(from: Project, to: Project): FileChange[] {
  const before = new Map(from.files.map(({ path, text }) => [path, text]));
  const after = new Map(to.files.map(({ path, text }) => [path, text]));
  const found: FileChange[] = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [was, is] = [before.get(path), after.get(path)];
    if (was === is) continue;
    found.push({ path, state: was === undefined ? "added" : is === undefined ? "removed" : "changed" });
  }
  return from.code === to.code ? found : [{ path: MAIN, state: "changed" }, ...found];
}
