import { App } from "antd";
import { useQueryClient } from "@tanstack/react-query";

import { explain } from "@/api/errors";
import { useUndo } from "@/ui/undo/useUndo";

import { membershipQuery, useCreateWatchlist, usePutSymbol, useRemoveSymbol, watchlistsQuery, type Watchlist } from "./api";
import { watchlistTexts } from "./i18n";

interface Named {
  symbol: string;
  name: string;
}

interface Watching {
  /** Add to the first group, which is made where there is none. */
  watch: (what: Named) => Promise<void>;
  /** Take out of every group, with a way back. */
  unwatch: (what: Named) => Promise<void>;
  busy: boolean;
}

/** What a star does. */
export function useWatching(): Watching {
  const t = watchlistTexts.useText();
  const client = useQueryClient();
  const { message, notification } = App.useApp();
  const offerUndo = useUndo();
  const create = useCreateWatchlist();
  const put = usePutSymbol();
  const remove = useRemoveSymbol();

  const told = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      notification.error({ title: t("failed"), description: explain(error).message, duration: 0 });
    }
  };
  return {
    busy: create.isPending || put.isPending || remove.isPending,
    watch: ({ symbol, name }) =>
      told(async () => {
        const groups = await client.query(watchlistsQuery);
        const group: Pick<Watchlist, "id" | "name"> = groups[0] ?? (await create.mutateAsync(t("defaultName")));
        await put.mutateAsync({ id: group.id, symbol });
        void message.success(t("added", { name, group: group.name }));
      }),
    unwatch: ({ symbol, name }) =>
      told(async () => {
        const ids = await client.query({ ...membershipQuery(symbol), staleTime: 0 });
        for (const id of ids) await remove.mutateAsync({ id, symbol });
        offerUndo({
          done: t("removedAll", { name }),
          undo: () => Promise.all(ids.map((id) => put.mutateAsync({ id, symbol }))),
        });
      }),
  };
}
