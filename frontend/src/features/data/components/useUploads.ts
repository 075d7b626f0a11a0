import { App } from "antd";
import { useReducer, useRef } from "react";

import { ApiError, explain } from "@/api/errors";

import { deleteUpload, inspectUpload } from "../api";
import { dataTexts } from "../i18n";
import { optionsOf } from "../logic/mapping";
import { uploads, type WizardFile } from "../logic/uploads";
import { sendFile } from "../upload";

/** Two at a time: more would only share the same line and start every file late. */
const AT_ONCE = 2;

/** The files of the wizard: send, inspect, correct, remove. */
export function useUploads() {
  const t = dataTexts.useText();
  const { notification } = App.useApp();
  const [files, dispatch] = useReducer(uploads, []);
  const nextKey = useRef(1);
  const aborts = useRef(new Map<number, AbortController>());
  const queue = useRef<{ key: number; file: File }[]>([]);
  const active = useRef(0);

  const send = async (key: number, file: File): Promise<void> => {
    const abort = new AbortController();
    aborts.current.set(key, abort);
    try {
      const upload = await sendFile(file, { signal: abort.signal, onProgress: (fraction) => dispatch({ type: "progressed", key, fraction }) });
      dispatch({ type: "sent", key, upload });
    } catch (error) {
      if (abort.signal.aborted) return;
      dispatch({ type: "failed", key, error: error instanceof ApiError ? error : new ApiError(0, "client", String(error)) });
    } finally {
      aborts.current.delete(key);
    }
  };

  const work = async (): Promise<void> => {
    if (active.current >= AT_ONCE) return;
    const next = queue.current.shift();
    if (next === undefined) return;
    active.current += 1;
    await send(next.key, next.file);
    active.current -= 1;
    void work();
  };

  const add = (chosen: readonly File[]): void => {
    const keyed = chosen.map((file) => ({ key: nextKey.current++, file }));
    dispatch({ type: "added", files: keyed.map(({ key, file }) => ({ key, name: file.name, size: file.size })) });
    queue.current.push(...keyed);
    for (let count = 0; count < AT_ONCE; count += 1) void work();
  };

  const inspect = async ({ key, state }: WizardFile): Promise<void> => {
    if (state.step !== "ready") return;
    dispatch({ type: "inspecting", key });
    try {
      const upload = await inspectUpload(state.upload.id, optionsOf(state.edit, state.upload.inspection));
      dispatch({ type: "inspected", key, upload });
    } catch (error) {
      dispatch({ type: "inspectFailed", key });
      notification.error({ title: t("checkFailed"), description: explain(error).message, duration: 0 });
    }
  };

  const remove = ({ key, state }: WizardFile): void => {
    aborts.current.get(key)?.abort();
    queue.current = queue.current.filter((waiting) => waiting.key !== key);
    dispatch({ type: "removed", key });
    // The server forgets uploads by itself after a day; this only frees the room sooner.
    if (state.step === "ready" || state.step === "refused") void deleteUpload(state.upload.id).catch(() => undefined);
  };

  return { files, dispatch, add, inspect, remove };
}
