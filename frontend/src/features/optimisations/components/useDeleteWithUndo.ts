import { App } from "antd";

import { explain } from "@/api/errors";
import { useUndo } from "@/ui/undo/useUndo";

import { useDeleteOptimisation, useRestoreOptimisation, type Optimisation } from "../api";
import { optimisationTexts } from "../i18n";

/** Put an optimisation into the trash and offer to take it back. */
export function useDeleteWithUndo(): (optimisation: Pick<Optimisation, "id" | "name">) => Promise<boolean> {
  const t = optimisationTexts.useText();
  const { notification } = App.useApp();
  const offerUndo = useUndo();
  const { mutateAsync: remove } = useDeleteOptimisation();
  const { mutateAsync: restore } = useRestoreOptimisation();
  return async ({ id, name }) => {
    try {
      await remove(id);
    } catch (error) {
      notification.error({ title: t("deleteFailed"), description: explain(error).message, duration: 0 });
      return false;
    }
    offerUndo({ done: t("deleted", { name }), undo: () => restore(id) });
    return true;
  };
}
