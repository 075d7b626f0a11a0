import { Echo } from "./echo";
import { editor, Uri } from "./monaco";

interface Shown {
  model: editor.ITextModel;
  echo: Echo;
  view: editor.ICodeEditorViewState | null;
}

let editors = 0;

/** Markdown is plain text. */
export const languageOf = (path: string): string => (path.endsWith(".md") ? "plaintext" : "python");

/** The files of one editor: each with its own undo history, cursor and scroll. */
export class FileModels {
  private readonly files = new Map<string, Shown>();
  // Two editors may show files of the same path.
  private readonly authority = `editor-${(editors += 1)}`;
  private current: string | null = null;

  constructor(
    private readonly instance: editor.IStandaloneCodeEditor,
    private readonly onChange: (text: string, path: string) => void,
  ) {}

  /** Switch to a file, which is opened with a text where it is not open yet. */
  show(path: string, text: string): void {
    if (this.current === path) return;
    const before = this.current === null ? undefined : this.files.get(this.current);
    if (before !== undefined) before.view = this.instance.saveViewState();
    const file = this.files.get(path) ?? this.open(path, text);
    this.current = path;
    this.instance.setModel(file.model);
    if (file.view !== null) this.instance.restoreViewState(file.view);
  }

  /** Tell whether the page's text of a file is another than the editor's, and to be put into it. */
  isNew(path: string, text: string): boolean {
    const file = this.files.get(path);
    return file?.echo.isNew(text, file.model.getValue()) ?? false;
  }

  /** Let go of the files that are no longer open. */
  keep(paths: readonly string[]): void {
    for (const [path, { model }] of [...this.files]) {
      if (path === this.current || paths.includes(path)) continue;
      model.dispose();
      this.files.delete(path);
    }
  }

  dispose(): void {
    for (const { model } of this.files.values()) model.dispose();
    this.files.clear();
  }

  private open(path: string, text: string): Shown {
    const model = editor.createModel(text, languageOf(path), Uri.from({ scheme: "quantdesk", authority: this.authority, path: `/${path}` }));
    const file: Shown = { model, echo: new Echo(text), view: null };
    model.onDidChangeContent(() => {
      const value = model.getValue();
      file.echo.tell(value);
      // By the file that was changed: the page may be about to show another.
      this.onChange(value, path);
    });
    this.files.set(path, file);
    return file;
  }
}
