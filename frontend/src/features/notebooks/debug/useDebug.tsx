import { useQuery, useInfiniteQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { useRunDraft } from "@/features/backtests/logic/drafts";
import type { Parameter } from "@/features/backtests/logic/form";
import type { CodeDebugging } from "@/ui/editor";
import { Loading } from "@/ui/state";

import { cellAt } from "../logic/cells";
import type { Kernel } from "../useKernel";
import type { How } from "./DebugToolbar";
import { debugTexts } from "./i18n";
import { MAIN, sent, type Breakpoint } from "./logic/breakpoints";
import { lineIn, type Texts } from "./logic/lines";
import { firstFrame, newCell, phaseOf, type Frame, type Phase } from "./logic/session";
import { settingsOf } from "./logic/settings";
import { inlineValues } from "./logic/values";
import { childrenQuery, scopesQuery, type Standing } from "./queries";
import { useBreakpoints } from "./useBreakpoints";
import { useDebugKeys } from "./useDebugKeys";

const DebugPanel = lazy(() => import("./DebugPanel").then((module) => ({ default: module.DebugPanel })));
const BreakpointForm = lazy(() => import("./BreakpointForm").then((module) => ({ default: module.BreakpointForm })));
const NO_TEXTS: Texts = new Map();
const NO_VALUES: ReadonlyMap<number, string> = new Map();

interface Project {
  /** Of `strategy.py`. */
  code: string;
  files: readonly { path: string; text: string }[];
}

export interface DebugInput {
  document: string;
  kernel: Kernel;
  /** The file in the editor. */
  path: string;
  /** The code as it is in the editor. */
  project: Project;
  /** The strategy to run; null: the kernel chooses. */
  className: string | null;
  parameters: readonly Parameter[];
  /** Why the strategy cannot run, e.g. a syntax error. */
  blocked: string | undefined;
  onGoTo: (line: number, path: string) => void;
  /** Show the debugger's panel. */
  onShow: () => void;
  /** Show what the program prints. */
  onOutput: () => void;
}

interface Debug {
  editor: CodeDebugging;
  panel: ReactNode;
  /** The form of a breakpoint, where one is edited. */
  popover: ReactNode;
  phase: Phase;
}

/** The debugger of a document: breakpoints in its editor, and a panel to go on, look at variables and the bar. */
export function useDebug({ document, kernel, path, project, className, parameters, blocked, onGoTo, onShow, onOutput }: DebugInput): Debug {
  const t = debugTexts.useText();
  const texts = useMemo<Texts>(() => new Map([[MAIN, project.code], ...project.files.map(({ path: of, text }) => [of, text] as const)]), [project]);
  const { debug, window, send } = kernel;
  const { stop, verdicts } = debug;
  const phase = phaseOf(debug, window.state);
  const active = phase === "starting" || phase === "running" || phase === "stopped";
  /** What runs; empty where the page was loaded after the start. */
  const [ran, setRan] = useState<Texts>(NO_TEXTS);
  const [picked, setPicked] = useState<{ stop: number; frame: Frame } | null>(null);
  const cursor = useRef(1);
  const running = active ? ran : NO_TEXTS;
  const there = (of: string, line: number) => lineIn(texts.get(of), running.get(of), line);

  const verdictOf = useMemo(() => {
    const byPlace = new Map(verdicts.map((each) => [`${each.line} ${each.path}`, each]));
    return ({ path: of, line }: Breakpoint) => byPlace.get(`${lineIn(texts.get(of), running.get(of), line)} ${of}`);
  }, [verdicts, texts, running]);
  const points = useBreakpoints(document, path, verdictOf);
  const settings = settingsOf(useRunDraft(document), parameters, points.chosen);

  // What is stopped or runs is told at once where to stop; else the next start tells it.
  const wire = JSON.stringify(sent(points.breakpoints, there));
  const told = useRef("");
  const tell = (breakpoints: string) => {
    if (told.current === breakpoints) return;
    told.current = breakpoints;
    send({ type: "breakpoints", breakpoints: JSON.parse(breakpoints) as ReturnType<typeof sent> });
  };
  useEffect(() => {
    if (!active || told.current === wire) return;
    told.current = wire;
    send({ type: "breakpoints", breakpoints: JSON.parse(wire) as ReturnType<typeof sent> });
  }, [active, wire, send]);

  const begin = (request: (cell: string) => Parameters<Kernel["send"]>[0]) => {
    onShow();
    setRan(new Map(texts));
    told.current = "";
    tell(JSON.stringify(sent(points.breakpoints, (_, line) => line)));
    send(request(newCell()));
  };
  const start = () => {
    const { symbols, start: from, end, parameters: values, cash, fault } = settings;
    if (fault !== null || blocked !== undefined) return;
    begin((cell) => ({
      type: "debug_strategy",
      cell,
      code: project.code,
      files: [...project.files],
      class_name: className,
      symbols: [...symbols],
      start: from,
      end,
      parameters: values,
      initial_cash: cash,
    }));
  };
  const debugCell = () => {
    if (active) return;
    const { cell } = cellAt(texts.get(path) ?? "", cursor.current);
    if (cell.code.trim() !== "") begin((name) => ({ type: "execute", cell: name, code: cell.code, line: cell.line, path, debug: true }));
  };
  const step = (how: How) => send({ type: "step", how });
  useDebugKeys(phase === "stopped", step);

  const frame = stop === null ? null : picked?.stop === stop.number ? picked.frame : firstFrame(stop.frames);
  const at = useMemo<Standing | null>(() => (stop === null ? null : { kernel, stop }), [kernel, stop]);
  const current = useShown(frame, stop, path, texts, running);
  const values = useValues(at, frame, path, texts, running);

  // A stop in another file opens it.
  const seen = useRef("");
  useEffect(() => {
    const name = stop === null ? "" : `${stop.cell} ${stop.number}`;
    if (seen.current === name) return;
    seen.current = name;
    const first = stop === null ? null : firstFrame(stop.frames);
    if (first?.path != null && first.path !== path) onGoTo(first.line, first.path);
  }, [stop, path, onGoTo]);

  const choose = (next: Frame) => {
    if (stop !== null) setPicked({ stop: stop.number, frame: next });
    if (next.path !== null) onGoTo(lineIn(running.get(next.path), texts.get(next.path), next.line), next.path);
  };

  return {
    phase,
    editor: {
      breakpoints: points.marks,
      current,
      values,
      addHint: t("addHere"),
      labels: { toggle: t("toggle"), edit: t("editHere"), run: t("cell") },
      onToggle: points.toggle,
      onEdit: points.editLine,
      onMove: points.move,
      onCursor: (line) => {
        cursor.current = line;
      },
      onRun: debugCell,
    },
    popover: points.editing !== null && (
      <Suspense fallback={null}>
        <BreakpointForm key={points.editing.breakpoint.id} {...points.editing} onPut={points.put} onRemove={points.remove} onClose={() => points.edit(null)} />
      </Suspense>
    ),
    panel: (
      <Suspense fallback={<Loading height={200} />}>
        <DebugPanel
          kernel={kernel}
          phase={phase}
          at={at}
          frame={frame}
          points={points}
          changed={active && [...running].some(([of, text]) => texts.get(of) !== text)}
          settings={settings}
          blocked={blocked}
          onChoose={points.choose}
          onStart={start}
          onCell={debugCell}
          onStep={step}
          onFrame={choose}
          onGoTo={onGoTo}
          onOutput={onOutput}
        />
      </Suspense>
    ),
  };
}

/** The chosen frame's line, where the text in the editor has it. */
function useShown(frame: Frame | null, stop: Standing["stop"] | null, path: string, texts: Texts, running: Texts): CodeDebugging["current"] {
  const here = frame !== null && stop !== null && frame.path === path;
  const line = here ? lineIn(running.get(path), texts.get(path), frame.line) : 0;
  const top = here && frame.id === stop.frames[0]?.id;
  const name = here ? `${stop.cell} ${stop.number} ${frame.id}` : "";
  return useMemo(() => (name === "" ? null : { line, top, stop: name }), [line, top, name]);
}

/** Values of the frame's own variables, for the ends of its lines; none where the text was changed meanwhile. */
function useValues(at: Standing | null, frame: Frame | null, path: string, texts: Texts, running: Texts): ReadonlyMap<number, string> {
  const idle = at === null || frame === null;
  const scopes = useQuery({ ...scopesQuery(at ?? NOWHERE, frame?.id ?? 0), enabled: !idle });
  const locals = idle || scopes.isPlaceholderData ? 0 : (scopes.data?.[0]?.reference ?? 0);
  const held = useInfiniteQuery({ ...childrenQuery(at ?? NOWHERE, locals), enabled: locals > 0 });
  const variables = held.isPlaceholderData ? undefined : held.data;
  const text = texts.get(path);
  const same = running.get(path) === undefined || running.get(path) === text;
  const line = frame !== null && frame.path === path && same ? frame.line : 0;
  return useMemo(
    () => (line === 0 || locals === 0 || text === undefined || variables === undefined ? NO_VALUES : inlineValues(text, line, variables.pages.flat())),
    [line, locals, text, variables],
  );
}

const NOWHERE = { kernel: { document: "" }, stop: { cell: "", number: 0 } } as unknown as Standing;
