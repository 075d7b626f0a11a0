import { lazy, Suspense, useCallback, useEffect, useEffectEvent, useMemo, useState, useSyncExternalStore } from "react";

import type { CodeInstance } from "@/ui/editor";
import { KeyCode, KeyMod } from "@/ui/editor/monaco";
import { Zones, type Zone } from "@/ui/editor/zones";

import { notebookTexts } from "../i18n";
import { proseOf } from "../logic/cells";
import type { Run } from "../logic/outputs";
import type { Placed, TrackedCell } from "../logic/placing";
import type { Kernel } from "../useKernel";
import { CellHeader } from "./CellHeader";
import { CellOutput } from "./CellOutput";
import { CellTracker, type CellsNow } from "./tracker";
import "../components/notebooks.css";
import "./cells.css";

const MarkdownView = lazy(() => import("../rich/MarkdownView"));
const HEAD = 24;
const DIVIDED = "quantdeskCells";

interface CellLayerProps {
  instance: CodeInstance;
  kernel: Kernel;
  /** Outputs stand below their cells, and not only in the window. */
  outputs: boolean;
  onRun: (cell: { code: string; line: number }) => void;
  /** Called once the file has cells: what they gave earlier is wanted. */
  onUse: () => void;
  onGoTo: (line: number) => void;
}

/** The cells of a file in its editor: a line of actions above each, what it gave below it, Markdown as drawn. */
export default function CellLayer({ instance, kernel, outputs, onRun, onUse, onGoTo }: CellLayerProps) {
  const [tracker] = useState(() => new CellTracker(instance));
  const now = useSyncExternalStore(tracker.subscribe, tracker.snapshot);
  const { runs, state, why } = kernel.window;
  const placed = useMemo(() => tracker.place(runs, now), [tracker, runs, now]);
  const moved = useMemo(() => atTheirLines(runs, now.cells, placed), [runs, now, placed]);
  const [plain, setPlain] = useState<ReadonlySet<string>>(new Set());
  const active = useActive(instance, now);
  useKeys(instance, now, onRun);
  const { divided } = now;
  useEffect(() => {
    if (divided) onUse();
  }, [divided, onUse]);

  const toggle = useCallback((id: string) => setPlain((before) => (before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set([...before, id]))), []);
  const { send } = kernel;
  const answer = useCallback((text: string) => send({ type: "answer", text }), [send]);
  const stop = useCallback(() => send({ type: "interrupt" }), [send]);
  // The debugger's own command debugs the cell that the cursor is in.
  const debug = useCallback(
    ({ line }: TrackedCell) => {
      instance.setPosition({ lineNumber: line, column: 1 });
      void instance.getAction("quantdesk.debugCell")?.run();
    },
    [instance],
  );
  const last = runs.at(-1);

  const zones = now.cells.flatMap((cell): Zone[] => {
    const { id, kind } = cell;
    const place = placed.get(id);
    const drawn = !plain.has(id);
    const found: Zone[] = [];
    if (now.divided && (cell.mark > 0 || cell.code.trim() !== "")) {
      found.push({
        key: `${id}-head`,
        order: 2,
        after: Math.max(0, cell.mark - 1),
        height: HEAD,
        content: (
          <Head cell={cell} cells={now.cells} place={place} active={active === id} drawn={drawn} onRun={onRun} onStop={stop} onToggle={toggle} onDebug={debug} />
        ),
      });
    }
    if (kind === "markdown" && drawn && cell.code.trim() !== "") {
      found.push({ key: `${id}-text`, order: 0, after: lastLine(cell), content: <Prose text={proseOf(cell.code)} onPlain={() => toggle(id)} /> });
    }
    if (outputs && place !== undefined) {
      const ended = state === "dead" && place.run === last && place.run.status !== "ok" ? why : null;
      if (place.run.outputs.length > 0 || place.run.asked !== null || ended !== null) {
        found.push({
          key: `${id}-out`,
          order: 1,
          after: lastLine(cell),
          content: <CellOutput run={place.run} runs={moved} stale={place.stale} why={ended} onGoTo={onGoTo} onAnswer={answer} />,
        });
      }
    }
    return found;
  });
  return <Zones instance={instance} zones={zones} />;
}

interface HeadProps {
  cell: TrackedCell;
  cells: readonly TrackedCell[];
  place: Placed | undefined;
  active: boolean;
  drawn: boolean;
  onRun: (cell: TrackedCell) => void;
  onStop: () => void;
  onToggle: (id: string) => void;
  onDebug: (cell: TrackedCell) => void;
}

function Head({ cell, cells, place, active, drawn, onRun, onStop, onToggle, onDebug }: HeadProps) {
  const at = cells.indexOf(cell);
  const above = runnable(cells.slice(0, at));
  return (
    <CellHeader
      kind={cell.kind}
      title={cell.title}
      active={active}
      status={place === undefined ? null : place.stale && (place.run.status === "ok" || place.run.status === "error") ? "stale" : place.run.status}
      count={place?.run.count ?? null}
      seconds={place?.run.seconds ?? null}
      drawn={drawn}
      onRun={() => onRun(cell)}
      onRunAbove={above.length === 0 ? null : () => above.forEach(onRun)}
      onRunBelow={() => runnable(cells.slice(at)).forEach(onRun)}
      onStop={onStop}
      onDraw={() => onToggle(cell.id)}
      onDebug={() => onDebug(cell)}
    />
  );
}

function Prose({ text, onPlain }: { text: string; onPlain: () => void }) {
  const t = notebookTexts.useText();
  return (
    // The button above it does the same.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section className="cell-prose" aria-label={t("prose")} onDoubleClick={onPlain}>
      <Suspense fallback={null}>
        <MarkdownView text={text} />
      </Suspense>
    </section>
  );
}

/** The cell that the cursor is in, faintly marked. */
function useActive(instance: CodeInstance, { cells, divided }: CellsNow): string | null {
  const line = useSyncExternalStore(
    useCallback((tell) => {
      const listener = instance.onDidChangeCursorPosition(tell);
      return () => listener.dispose();
    }, [instance]),
    () => instance.getPosition()?.lineNumber ?? 1,
  );
  const active = divided ? cells.findLast(({ mark }) => mark <= line) : undefined;
  const [from, to] = [Math.max(1, active?.mark ?? 1), active?.end ?? 1];
  const on = active !== undefined;
  useEffect(() => {
    if (!on) return undefined;
    const marked = instance.createDecorationsCollection([
      { range: { startLineNumber: from, startColumn: 1, endLineNumber: to, endColumn: 1 }, options: { isWholeLine: true, className: "cell-active", linesDecorationsClassName: "cell-active-edge" } },
    ]);
    return () => marked.clear();
  }, [instance, on, from, to]);
  return active?.id ?? null;
}

/** Ctrl Alt Enter runs all; Ctrl ↑ and ↓ go from cell to cell. */
function useKeys(instance: CodeInstance, now: CellsNow, onRun: (cell: TrackedCell) => void): void {
  const t = notebookTexts.useText();
  const runAll = useEffectEvent(() => runnable(now.cells).forEach(onRun));
  const go = useEffectEvent((by: 1 | -1) => {
    const line = instance.getPosition()?.lineNumber ?? 1;
    const at = now.cells.findLastIndex(({ mark }) => mark <= line) + by;
    const to = now.cells[at];
    if (to === undefined) return;
    const lineNumber = Math.min(to.line, instance.getModel()?.getLineCount() ?? 1);
    instance.setPosition({ lineNumber, column: 1 });
    instance.revealLineInCenterIfOutsideViewport(lineNumber);
  });
  const { divided } = now;
  const [key] = useState(() => instance.createContextKey<boolean>(DIVIDED, false));
  useEffect(() => key.set(divided), [key, divided]);
  const [all, next, before] = [t("runAll"), t("nextCell"), t("previousCell")];
  useEffect(() => {
    const actions = [
      instance.addAction({ id: "quantdesk.runAll", label: all, keybindings: [KeyMod.CtrlCmd | KeyMod.Alt | KeyCode.Enter], contextMenuGroupId: "8_cells", run: () => runAll() }),
      instance.addAction({ id: "quantdesk.nextCell", label: next, precondition: DIVIDED, keybindings: [KeyMod.CtrlCmd | KeyCode.DownArrow], run: () => go(1) }),
      instance.addAction({ id: "quantdesk.previousCell", label: before, precondition: DIVIDED, keybindings: [KeyMod.CtrlCmd | KeyCode.UpArrow], run: () => go(-1) }),
    ];
    return () => {
      for (const action of actions) action.dispose();
    };
  }, [instance, all, next, before]);
}

const runnable = (cells: readonly TrackedCell[]): TrackedCell[] => cells.filter(({ kind, code }) => kind === "code" && code.trim() !== "");

/** The last line of a cell that has text. */
function lastLine({ code, line, mark }: TrackedCell): number {
  const text = code.trimEnd();
  return text === "" ? Math.max(1, mark) : line + text.split("\n").length - 1;
}

/** Runs with the lines their cells begin at now, for links from errors. */
function atTheirLines(runs: readonly Run[], cells: readonly TrackedCell[], placed: ReadonlyMap<string, Placed>): readonly Run[] {
  const lines = new Map(cells.flatMap(({ id, line }) => (placed.get(id)?.whole === true ? [[placed.get(id)?.run.cell, line] as const] : [])));
  return runs.map((run) => {
    const line = lines.get(run.cell) ?? run.line;
    return line === run.line ? run : { ...run, line };
  });
}
