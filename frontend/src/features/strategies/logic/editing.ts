/** The state of a strategy being edited, from the first keystroke to a saved version or a conflict. */
import { sameProject, type Project } from "./project";

export interface Saved extends Project {
  /** 0 for a strategy without a version. */
  version: number;
}

export type SaveState =
  | { step: "idle" }
  | { step: "saving" }
  | { step: "failed"; error: unknown }
  /** Somebody else saved first; `theirs` is null while it is being read. */
  | { step: "conflict"; mine: Project; theirs: Saved | null };

export interface Editing {
  /** What the text was made from: the version a save refers to. */
  base: Saved;
  project: Project;
  save: SaveState;
}

export type EditEvent =
  | { type: "changed"; project: Project }
  | { type: "saveStarted" }
  | { type: "saved"; saved: Saved }
  | { type: "refused"; error: unknown }
  | { type: "conflicted"; mine: Project }
  | { type: "theirsRead"; theirs: Saved }
  /** Go on from their version and lay my text on top of it. */
  | { type: "keepMine" }
  | { type: "takeTheirs" }
  | { type: "laterChosen" }
  /** Show another saved text, e.g. a restored version. */
  | { type: "replaced"; saved: Saved };

export const isDirty = ({ base, project }: Editing): boolean => !sameProject(project, base);

export const startEditing = (saved: Saved): Editing => ({
  base: saved,
  project: { code: saved.code, files: saved.files },
  save: { step: "idle" },
});

export function edit(state: Editing, event: EditEvent): Editing {
  switch (event.type) {
    case "changed":
      return state.project === event.project ? state : { ...state, project: event.project };
    case "saveStarted":
      return { ...state, save: { step: "saving" } };
    case "saved":
      // What was typed while the request was under way stays, and stays unsaved.
      return { ...state, base: event.saved, save: { step: "idle" } };
    case "refused":
      return { ...state, save: { step: "failed", error: event.error } };
    case "conflicted":
      return { ...state, save: { step: "conflict", mine: event.mine, theirs: null } };
    case "theirsRead":
      return state.save.step === "conflict" ? { ...state, save: { ...state.save, theirs: event.theirs } } : state;
    case "keepMine":
      if (state.save.step !== "conflict" || state.save.theirs === null) return state;
      return { ...state, base: state.save.theirs, save: { step: "idle" } };
    case "takeTheirs":
      if (state.save.step !== "conflict" || state.save.theirs === null) return state;
      return startEditing(state.save.theirs);
    case "laterChosen":
      return { ...state, save: { step: "idle" } };
    case "replaced":
      return startEditing(event.saved);
  }
}
