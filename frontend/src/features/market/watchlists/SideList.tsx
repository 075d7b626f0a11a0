import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useEffect, useRef, type KeyboardEvent } from "react";

import { Change, formatNumber } from "@/ui/format";
import { Empty, Loading } from "@/ui/state";

import { useMarketPrefs } from "../store";
import { quotesQuery, watchlistsQuery } from "./api";
import { watchlistTexts } from "./i18n";
import { chosenGroup } from "./logic";
import "./watchlists.css";

interface SideListProps {
  current: string | undefined;
  onOpen: (symbol: string) => void;
}

/** A group beside the chart: up and down open one stock after the other. */
export function SideList({ current, onOpen }: SideListProps) {
  const t = watchlistTexts.useText();
  const groups = useQuery(watchlistsQuery).data;
  const { group: wanted, set } = useMarketPrefs();
  const group = chosenGroup(groups ?? [], wanted);
  const { data } = useQuery({ ...quotesQuery(group?.id ?? ""), enabled: group !== undefined });
  const list = useRef<HTMLDivElement>(null);
  const rows = data?.items ?? [];
  const place = rows.findIndex(({ symbol }) => symbol === current);

  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [place]);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = rows[place < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, place + step))];
    if (next !== undefined && next.symbol !== current) onOpen(next.symbol);
  };

  if (groups === undefined) return <Loading rows={8} />;
  if (group === undefined) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <div className="side-watch">
      <Select
        value={group.id}
        aria-label={t("groups")}
        options={groups.map(({ id, name, symbols }) => ({ value: id, label: `${name} ${symbols}` }))}
        onChange={(id) => set({ group: id })}
      />
      {data?.items.length === 0 ? (
        <Empty title={t("groupEmpty")}>{t("groupEmptyText")}</Empty>
      ) : (
        <div ref={list} role="listbox" aria-label={group.name} tabIndex={0} className="stock-options" onKeyDown={onKeyDown}>
          {rows.map(({ symbol, name, last, change }) => (
            // The list keeps the focus and handles the keys.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={symbol}
              role="option"
              tabIndex={-1}
              aria-selected={symbol === current}
              aria-current={symbol === current}
              className="stock-option side-row"
              onClick={() => onOpen(symbol)}
            >
              <span className="stock-name">{name}</span>
              <span>{formatNumber(last)}</span>
              <span className="soft side-code">{symbol}</span>
              <Change value={change} />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
