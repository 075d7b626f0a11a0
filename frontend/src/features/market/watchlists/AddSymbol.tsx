import { useQuery } from "@tanstack/react-query";
import { App, Select } from "antd";
import { useState } from "react";

import { explain } from "@/api/errors";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { searchQuery } from "../api";
import { usePutSymbol, type Watchlist } from "./api";
import { watchlistTexts } from "./i18n";

/** Search for an instrument and add it to the group. */
export function AddSymbol({ group }: { group: Watchlist }) {
  const t = watchlistTexts.useText();
  const { message, notification } = App.useApp();
  const [input, setInput] = useState("");
  const query = useDebounced(input.trim(), TYPING_MS);
  const { data, isFetching } = useQuery({ ...searchQuery(query, 20), enabled: query !== "" });
  const put = usePutSymbol();
  const found = query === "" ? [] : (data ?? []);
  return (
    <Select
      className="watch-add"
      showSearch={{ filterOption: false, searchValue: input, onSearch: setInput }}
      value={null}
      placeholder={t("addPlaceholder")}
      aria-label={t("add")}
      loading={isFetching && query !== ""}
      notFoundContent={null}
      suffix={null}
      options={found.map(({ symbol, name }) => ({
        value: symbol,
        label: (
          <>
            {name} <span className="soft">{symbol}</span>
          </>
        ),
      }))}
      onSelect={(symbol: string | null) => {
        if (symbol === null) return;
        const name = found.find((item) => item.symbol === symbol)?.name ?? symbol;
        setInput("");
        put.mutate(
          { id: group.id, symbol },
          {
            onSuccess: () => void message.success(t("added", { name, group: group.name })),
            onError: (error) => notification.error({ title: t("failed"), description: explain(error).message, duration: 0 }),
          },
        );
      }}
    />
  );
}
