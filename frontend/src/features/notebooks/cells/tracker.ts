import { editor } from "@/ui/editor/monaco";

import { cellsOf } from "../logic/cells";
import { identified, Owners, type Placed, type TrackedCell } from "../logic/placing";
import type { Run } from "../logic/outputs";

type Editor = editor.IStandaloneCodeEditor;

export interface CellsNow {
  cells: readonly TrackedCell[];
  /** Without a line `# %%` the file is one cell, and looks like any other. */
  divided: boolean;
}

interface Tracked {
  /** Monaco's decorations, which move with their text, and the cells whose marks they are. */
  decorations: string[];
  ids: string[];
  owners: Owners;
}

const NOTHING: CellsNow = { cells: [], divided: false };
let made = 0;

/** The cells of the file that an editor shows, followed while it is edited. */
export class CellTracker {
  private readonly files = new WeakMap<editor.ITextModel, Tracked>();
  private readonly heard = new Set<() => void>();
  private now = NOTHING;
  private frame = 0;

  constructor(private readonly instance: Editor) {}

  /** Follow until the returned function is called; each change of the cells is told. */
  readonly subscribe = (tell: () => void): (() => void) => {
    this.heard.add(tell);
    const later = () => {
      // Typing never waits for the cells.
      cancelAnimationFrame(this.frame);
      this.frame = requestAnimationFrame(() => this.look());
    };
    const listeners = [this.instance.onDidChangeModelContent(later), this.instance.onDidChangeModel(() => this.look())];
    this.look();
    return () => {
      this.heard.delete(tell);
      cancelAnimationFrame(this.frame);
      for (const listener of listeners) listener.dispose();
    };
  };

  readonly snapshot = (): CellsNow => this.now;

  /** Give the newest run of each cell. */
  place(runs: readonly Run[], { cells }: CellsNow): Map<string, Placed> {
    const model = this.instance.getModel();
    return model === null ? new Map<string, Placed>() : this.of(model).owners.place(runs, cells);
  }

  private of(model: editor.ITextModel): Tracked {
    const known = this.files.get(model) ?? { decorations: [], ids: [], owners: new Owners() };
    this.files.set(model, known);
    return known;
  }

  private look(): void {
    const model = this.instance.getModel();
    this.now = model?.getLanguageId() === "python" ? this.read(model) : NOTHING;
    for (const tell of this.heard) tell();
  }

  private read(model: editor.ITextModel): CellsNow {
    const tracked = this.of(model);
    const marks = tracked.decorations.flatMap((decoration, at) => {
      const range = model.getDecorationRange(decoration);
      const id = tracked.ids[at];
      // A mark whose text was taken away has no width, and lies where another cell's may be.
      return range === null || id === undefined || (range.startLineNumber === range.endLineNumber && range.startColumn === range.endColumn)
        ? []
        : [{ id, line: range.startLineNumber }];
    });
    const cells = identified(cellsOf(model.getLinesContent().join("\n")), marks, () => `c${(made += 1)}`);
    const begun = cells.filter(({ mark }) => mark > 0);
    tracked.ids = begun.map(({ id }) => id);
    tracked.decorations = model.deltaDecorations(
      tracked.decorations,
      begun.map(({ mark }) => ({
        range: { startLineNumber: mark, startColumn: 1, endLineNumber: mark, endColumn: model.getLineMaxColumn(mark) },
        options: { stickiness: editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges },
      })),
    );
    return { cells, divided: begun.length > 0 };
  }
}
