/** Which paths a strategy's files may have: the rules of the server, so that a person hears of a breach while typing. */
import { MAIN, pathsOf, type Project } from "./project";

export const MOST_FILES = 50;
/** Folders and the file itself. */
const MOST_PARTS = 5;
const MOST_CHARACTERS = 200;

/** Why a path cannot be; the values are keys of texts. */
export type PathTrouble = "empty" | "ending" | "name" | "keyword" | "deep" | "long" | "taken" | "reserved" | "both" | "many";

const NAME = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u;
const KEYWORDS = new Set(
  (
    "False None True and as assert async await break class continue def del elif else except finally for from global if import in is " +
    "lambda nonlocal not or pass raise return try while with yield"
  ).split(" "),
);
/** Modules a file at the top would hide: the standard library's, and those that a strategy is most likely to use.
 * The server knows all that are installed, and refuses the rest at saving. */
const RESERVED = new Set(
  (
    "abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect builtins bz2 cProfile " +
    "calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent configparser contextlib " +
    "contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils doctest email encodings " +
    "ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass " +
    "gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools " +
    "json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt " +
    "multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib pdb pickle " +
    "pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd py_compile pyclbr pydoc " +
    "pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex " +
    "shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat statistics " +
    "string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this " +
    "threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata " +
    "unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp zipfile zipimport " +
    "zlib zoneinfo __future__ __main__ backtrader duckdb numba numpy pandas plotly polars pyarrow quantdesk quantdesk_worker scipy " +
    "sklearn strategy talib torch user_strategy"
  ).split(" "),
);

/** Tell a name that Python can import. */
function troubleOfName(name: string): PathTrouble | null {
  if (!NAME.test(name) || name.normalize("NFKC") !== name) return "name";
  return KEYWORDS.has(name) ? "keyword" : null;
}

const foldersOf = (path: string): string[] =>
  path
    .split("/")
    .slice(0, -1)
    .map((_, depth, parts) => parts.slice(0, depth + 1).join("/"));

/** Say why a file cannot have a path beside those that are there; null where it can. */
export function pathTrouble(path: string, others: readonly string[]): PathTrouble | null {
  if (path.trim() === "") return "empty";
  const ending = /\.(?:py|md)$/.exec(path);
  if (ending === null) return "ending";
  const parts = path.slice(0, ending.index).split("/");
  for (const part of parts) {
    const trouble = troubleOfName(part);
    if (trouble !== null) return trouble;
  }
  if (parts.length > MOST_PARTS) return "deep";
  if (path.length > MOST_CHARACTERS) return "long";
  return troubleBeside(path, others) ?? (RESERVED.has(parts[0] ?? "") && path !== `${parts[0]}.md` ? "reserved" : null);
}

/** Upper and lower case are the same on some machines: there one file would take the other's place. */
function troubleBeside(path: string, others: readonly string[]): PathTrouble | null {
  const spelt = new Map<string, string>();
  const folders = new Set<string>();
  for (const other of others) {
    spelt.set(other.toLowerCase(), other);
    for (const folder of foldersOf(other)) {
      spelt.set(folder.toLowerCase(), folder);
      folders.add(folder.toLowerCase());
    }
  }
  if (path === MAIN || spelt.has(path.toLowerCase())) return "taken";
  const own = foldersOf(path);
  if (own.some((folder) => (spelt.get(folder.toLowerCase()) ?? folder) !== folder)) return "taken";
  const stem = path.replace(/\.py$/, "").toLowerCase();
  if (folders.has(stem) || own.some((folder) => spelt.has(`${folder.toLowerCase()}.py`))) return "both";
  return null;
}

/** Say why a new file cannot be made beside those that are there, the main one among them. */
export function newFileTrouble(path: string, paths: readonly string[]): PathTrouble | null {
  return paths.length > MOST_FILES ? "many" : pathTrouble(path, paths);
}

/** Say why files cannot move to where they are asked to; the first that cannot decides. */
export function moveTrouble(moves: readonly { from: string; to: string }[], paths: readonly string[]): PathTrouble | null {
  const leaving = new Set(moves.map(({ from }) => from));
  const others = paths.filter((path) => !leaving.has(path));
  for (const { to } of moves) {
    const trouble = pathTrouble(to, others);
    if (trouble !== null) return trouble;
    others.push(to);
  }
  return null;
}

/** A free name beside a file for its copy. */
export function copyName(path: string, project: Project): string {
  const at = path.lastIndexOf(".");
  const taken = new Set(pathsOf(project).map((each) => each.toLowerCase()));
  for (let count = 1; ; count += 1) {
    const copy = `${path.slice(0, at)}_copy${count === 1 ? "" : count}${path.slice(at)}`;
    if (!taken.has(copy.toLowerCase())) return copy;
  }
}

/** What a person types for a path: outer blanks and slashes and Windows' slashes are forgiven, `.py` is understood. */
export function cleanPath(typed: string): string {
  const path = typed.trim().replaceAll("\\", "/").replace(/^\/+|\/+$/g, "");
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name === "" || name.includes(".") ? path : `${path}.py`;
}
