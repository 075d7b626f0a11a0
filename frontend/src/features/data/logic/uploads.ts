/** The files of the import wizard, from the drop to the import. */
import type { ApiError } from "@/api/errors";

import type { ImportItem, Upload } from "../api";
import { editOf, missingFields, optionsOf, sameColumns, type FileEdit } from "./mapping";

export type FileState =
  | { step: "sending"; fraction: number }
  | { step: "failed"; error: ApiError }
  /** The server cannot use the file at all. */
  | { step: "refused"; upload: Upload }
  | { step: "ready"; upload: Upload & { inspection: NonNullable<Upload["inspection"]> }; edit: FileEdit; inspecting: boolean };

export interface WizardFile {
  /** Of this page only. */
  key: number;
  name: string;
  size: number;
  state: FileState;
}

export type UploadEvent =
  | { type: "added"; files: { key: number; name: string; size: number }[] }
  | { type: "progressed"; key: number; fraction: number }
  | { type: "sent"; key: number; upload: Upload }
  | { type: "failed"; key: number; error: ApiError }
  | { type: "edited"; key: number; edit: FileEdit }
  /** Give the files with the same columns this file's settings. */
  | { type: "spread"; key: number }
  | { type: "inspecting"; key: number }
  | { type: "inspected"; key: number; upload: Upload }
  | { type: "inspectFailed"; key: number }
  | { type: "removed"; key: number }
  | { type: "cleared" };

const hasInspection = (upload: Upload): upload is Upload & { inspection: NonNullable<Upload["inspection"]> } => upload.inspection !== null;

function arrived(upload: Upload, known?: FileEdit): FileState {
  if (!hasInspection(upload)) return { step: "refused", upload };
  const edit = editOf(upload.inspection);
  return { step: "ready", upload, inspecting: false, edit: known === undefined ? edit : { ...edit, skipBadRows: known.skipBadRows } };
}

function changeOne(files: readonly WizardFile[], key: number, change: (state: FileState) => FileState): WizardFile[] {
  return files.map((file) => (file.key === key ? { ...file, state: change(file.state) } : file));
}

export function uploads(files: readonly WizardFile[], event: UploadEvent): readonly WizardFile[] {
  switch (event.type) {
    case "added":
      return [...files, ...event.files.map((file): WizardFile => ({ ...file, state: { step: "sending", fraction: 0 } }))];
    case "progressed":
      return changeOne(files, event.key, (state) => (state.step === "sending" ? { step: "sending", fraction: event.fraction } : state));
    case "sent":
      return changeOne(files, event.key, () => arrived(event.upload));
    case "failed":
      return changeOne(files, event.key, () => ({ step: "failed", error: event.error }));
    case "edited":
      return changeOne(files, event.key, (state) => (state.step === "ready" ? { ...state, edit: event.edit } : state));
    case "spread": {
      const source = files.find(({ key }) => key === event.key)?.state;
      if (source?.step !== "ready") return files;
      const { mapping, volumeUnit, skipBadRows } = source.edit;
      return files.map((file) => {
        const { state } = file;
        if (file.key === event.key || state.step !== "ready" || !sameColumns(source.upload.inspection, state.upload.inspection)) return file;
        return { ...file, state: { ...state, edit: { ...state.edit, mapping, volumeUnit, skipBadRows } } };
      });
    }
    case "inspecting":
      return changeOne(files, event.key, (state) => (state.step === "ready" ? { ...state, inspecting: true } : state));
    case "inspected":
      return changeOne(files, event.key, (state) => arrived(event.upload, state.step === "ready" ? state.edit : undefined));
    case "inspectFailed":
      return changeOne(files, event.key, (state) => (state.step === "ready" ? { ...state, inspecting: false } : state));
    case "removed":
      return files.filter(({ key }) => key !== event.key);
    case "cleared":
      return [];
  }
}

/** What can be imported now. */
export function importItems(files: readonly WizardFile[]): ImportItem[] {
  return files.flatMap(({ state }) =>
    state.step === "ready" && missingFields(state.edit).length === 0
      ? [{ upload_id: state.upload.id, options: optionsOf(state.edit, state.upload.inspection) }]
      : [],
  );
}

/** How many other files a file's settings would serve. */
export function twins(files: readonly WizardFile[], key: number): number {
  const source = files.find((file) => file.key === key)?.state;
  if (source?.step !== "ready") return 0;
  return files.filter(
    (file) => file.key !== key && file.state.step === "ready" && sameColumns(source.upload.inspection, file.state.upload.inspection),
  ).length;
}
