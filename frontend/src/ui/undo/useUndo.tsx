import { App, Button } from "antd";
import { useCallback } from "react";

import { explain } from "@/api/errors";
import { uiTexts } from "@/ui/i18n";

/** Seconds in which a deletion can be taken back at a click. */
const UNDO_S = 10;

interface Undoable {
  /** What was done, e.g. "已删除 双均线". */
  done: string;
  undo: () => Promise<unknown>;
  /** Names the act, so that the offer can be taken back when it was undone elsewhere: see `undoKey`. */
  name?: string;
}

/** The key of an act's notice: `notification.destroy(undoKey(name))` takes the offer back. */
export const undoKey = (name: string): string => `undo-${name}`;

/** Offer to take back what was just done; it stays on the screen for ten seconds and while the pointer rests on it. */
export function useUndo(): (what: Undoable) => void {
  const t = uiTexts.useText();
  const { notification, message } = App.useApp();
  return useCallback(
    ({ done, undo, name }) => {
      const key = undoKey(name ?? crypto.getRandomValues(new Uint32Array(1)).join(""));
      const takeBack = async () => {
        notification.destroy(key);
        try {
          await undo();
          void message.success(t("undone"));
        } catch (error) {
          notification.error({ title: t("undoFailed"), description: explain(error).message, duration: 0 });
        }
      };
      notification.info({
        key,
        title: done,
        duration: UNDO_S,
        showProgress: true,
        pauseOnHover: true,
        placement: "bottomRight",
        actions: (
          <Button type="primary" size="small" onClick={() => void takeBack()}>
            {t("undo")}
          </Button>
        ),
      });
    },
    [notification, message, t],
  );
}
