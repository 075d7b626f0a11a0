import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";

import { ErrorPanel, Loading } from "@/ui/state";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { searchQuery, type Instrument } from "../api";
import { ProductHits } from "../futures/ProductHits";
import { marketTexts } from "../i18n";
import { useMarketPrefs, type Recent } from "../store";
import { StarToggle } from "../watchlists/StarToggle";
import { InstrumentTags } from "./Tags";

interface StockListProps {
  /** The one that is open. */
  current: string | undefined;
  onOpen: (symbol: string) => void;
}

interface Entry extends Recent {
  stock: Instrument | null;
}

interface Group {
  title: string;
  entries: Entry[];
}

const SYMBOL = /^(\d{6}(\.(SH|SZ|BJ))?|(SH|SZ|BJ)\d{6})$/i;

/** Search as one types; without a query the recent and the stored ones. Arrows choose, Enter opens. */
export function StockList({ current, onOpen }: StockListProps) {
  const t = marketTexts.useText();
  const [input, setInput] = useState("");
  const query = useDebounced(input.trim(), TYPING_MS);
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery(searchQuery(query, query === "" ? 100 : 50));
  const recent = useMarketPrefs((prefs) => prefs.recent);
  const [active, setActive] = useState<number | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();

  const found: Entry[] = (data ?? []).map((stock) => ({ symbol: stock.symbol, name: stock.name, stock }));
  const groups: Group[] =
    query === ""
      ? [
          { title: t("recent"), entries: recent.map((item) => ({ ...item, stock: null })) },
          { title: t("stored"), entries: found.filter(({ symbol }) => !recent.some((item) => item.symbol === symbol)) },
        ].filter(({ entries }) => entries.length > 0)
      : [{ title: t("found"), entries: found }];
  const all = groups.flatMap(({ entries }) => entries);
  const chosen = active === null ? (query === "" ? -1 : 0) : Math.min(active, all.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;

  useEffect(() => {
    if (chosen >= 0) list.current?.querySelector(`#${CSS.escape(`${listId}-${chosen}`)}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen, listId]);

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that ends the composing of Chinese text belongs to the input method.
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setActive(Math.min(all.length - 1, chosen + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, chosen - 1));
    else if (event.key === "Escape" && input !== "") setInput("");
    else if (event.key === "Enter") {
      // What is listed still answers an older query: wait for the new one.
      const entry = isPlaceholderData || query !== input.trim() ? undefined : all[chosen];
      if (entry !== undefined) onOpen(entry.symbol);
      else if (SYMBOL.test(input.trim())) onOpen(input.trim().toUpperCase());
    } else return;
    event.preventDefault();
  };

  return (
    <div className="stock-list">
      <Input
        value={input}
        onChange={(event) => {
          setInput(event.target.value);
          setActive(null);
        }}
        onKeyDown={onKeyDown}
        prefix={<SearchOutlined aria-hidden="true" />}
        placeholder={t("search")}
        allowClear
        maxLength={40}
        autoComplete="off"
        spellCheck={false}
        role="combobox"
        aria-label={t("searchLabel")}
        aria-expanded="true"
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={chosen >= 0 ? optionId(chosen) : undefined}
      />
      <div ref={list} id={listId} role="listbox" aria-label={t("results")} aria-busy={isFetching} className="stock-options">
        <ProductHits query={query} />
        {groups.map(({ title, entries }, place) => {
          const first = groups.slice(0, place).reduce((sum, group) => sum + group.entries.length, 0);
          return entries.length === 0 ? null : (
            <div key={title} role="group" aria-label={title}>
              <div className="stock-group soft">{title}</div>
              {entries.map((entry, index) => (
                // The input keeps the focus and handles the keys, as the combobox pattern asks.
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events
                <div
                  key={entry.symbol}
                  id={optionId(first + index)}
                  role="option"
                  tabIndex={-1}
                  aria-selected={first + index === chosen}
                  aria-current={entry.symbol === current}
                  className="stock-option"
                  onClick={() => onOpen(entry.symbol)}
                >
                  <span className="stock-name">{entry.name}</span>
                  <span className="stock-code soft">{entry.symbol}</span>
                  {entry.stock !== null && (
                    <span className="stock-tags">
                      <InstrumentTags stock={entry.stock} brief />
                    </span>
                  )}
                  <StarToggle symbol={entry.symbol} name={entry.name} />
                </div>
              ))}
            </div>
          );
        })}
        {error !== null && data === undefined && (
          <ErrorPanel title={t("searchError")} error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <Loading rows={10} />}
        {query !== "" && data?.length === 0 && !isPlaceholderData && (
          <div className="stock-none">
            <p>{t("nothingFound", { query })}</p>
            <p className="soft">{t("nothingFoundText")}</p>
            {SYMBOL.test(query) && (
              <Button size="small" onClick={() => onOpen(query.toUpperCase())}>
                {t("fetchThis", { symbol: query.toUpperCase() })}
              </Button>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
