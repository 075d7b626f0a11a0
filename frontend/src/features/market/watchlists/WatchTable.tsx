import { CloseOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useMemo, useState } from "react";

import { explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";
import { Sparkline } from "@/features/backtests/components/Sparkline";
import { Change, formatAge, formatInstant, formatNumber, Money } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";
import { useUndo } from "@/ui/undo/useUndo";

import { quotesQuery, usePutSymbol, useRemoveSymbol, type Watchlist, type WatchQuote } from "./api";
import { watchlistTexts } from "./i18n";
import { moved } from "./logic";
import { NoteButton } from "./NoteButton";

interface WatchTableProps {
  group: Watchlist;
  onOpen: (symbol: string) => void;
}

/** A group's symbols with their last figures, from the store; rows can be put in another order. */
export function WatchTable({ group, onOpen }: WatchTableProps) {
  const t = watchlistTexts.useText();
  const language = useLanguage();
  const client = useQueryClient();
  const { notification } = App.useApp();
  const offerUndo = useUndo();
  const quotes = useQuery(quotesQuery(group.id));
  const { mutate: put, mutateAsync: putAgain } = usePutSymbol();
  const { mutate: remove } = useRemoveSymbol();
  const [now] = useState(() => Date.now());
  const newest = quotes.data?.date ?? null;
  const rows = quotes.data?.items;

  const columns = useMemo<readonly Column<WatchQuote>[]>(() => {
    const failed = (error: unknown) =>
      notification.error({ title: t("failed"), description: explain(error).message, duration: 0 });
    const takeOut = ({ symbol, name, note }: WatchQuote) => {
      const position = rows?.findIndex((row) => row.symbol === symbol) ?? 0;
      remove(
        { id: group.id, symbol },
        {
          onSuccess: () =>
            offerUndo({
              done: t("removed", { name, group: group.name }),
              undo: () => putAgain({ id: group.id, symbol, note, position }),
            }),
          onError: failed,
        },
      );
    };
    return [
      {
        key: "name",
        title: t("column.name"),
        value: ({ name }) => name,
        render: (quote) => (
          <span className="watch-name">
            {quote.name}
            {quote.suspended && (
              <span className="tag" data-tone="warning">
                {t("suspended")}
              </span>
            )}
            {quote.simulated && (
              <span className="tag" data-tone="primary">
                {t("simulated")}
              </span>
            )}
          </span>
        ),
        width: "minmax(132px, 1.4fr)",
      },
      { key: "symbol", title: t("column.symbol"), value: ({ symbol }) => symbol, width: "108px", from: 720 },
      { key: "last", title: t("column.last"), numeric: true, value: ({ last }) => last, render: ({ last, kind }) => formatNumber(last, { digits: kind === "etf" || kind === "fund" ? 3 : 2 }), width: "84px" },
      { key: "change", title: t("column.change"), numeric: true, value: ({ change }) => change, render: ({ change }) => <Change value={change} />, width: "92px" },
      { key: "amount", title: t("column.amount"), numeric: true, value: ({ amount }) => amount, render: ({ amount }) => <Money value={amount} />, width: "96px", from: 640 },
      { key: "change5", title: t("column.change5"), numeric: true, value: ({ change_5 }) => change_5, render: ({ change_5 }) => <Change value={change_5} />, width: "92px", from: 800 },
      { key: "change20", title: t("column.change20"), numeric: true, value: ({ change_20 }) => change_20, render: ({ change_20 }) => <Change value={change_20} />, width: "92px", from: 560 },
      {
        key: "spark",
        title: t("column.spark"),
        value: () => null,
        sortable: false,
        render: ({ closes, name }) => <Sparkline values={closes} label={t("sparkOf", { name })} width={96} height={22} />,
        width: "112px",
        from: 500,
      },
      {
        key: "date",
        title: t("column.date"),
        value: ({ date }) => date,
        render: ({ date }) =>
          date === null ? (
            <span className="soft">{t("noBars")}</span>
          ) : date === newest ? (
            <span className="soft">{date}</span>
          ) : (
            <span className="warning" title={t("stale")}>
              {date}
            </span>
          ),
        width: "96px",
        from: 960,
      },
      { key: "note", title: t("note"), value: ({ note }) => note, render: (quote) => <NoteButton group={group.id} quote={quote} />, width: "minmax(72px, 1fr)", from: 600 },
      {
        key: "actions",
        title: "",
        value: () => null,
        sortable: false,
        render: (quote) => (
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined aria-hidden />}
            aria-label={t("removeOf", { name: quote.name })}
            title={t("remove")}
            onClick={() => takeOut(quote)}
          />
        ),
        width: "52px",
      },
    ];
  }, [t, group, newest, rows, notification, offerUndo, putAgain, remove]);

  const move = (quote: WatchQuote, to: number) => {
    // Shown at once: moving back is as easy as moving.
    client.setQueryData(quotesQuery(group.id).queryKey, (known) =>
      known === undefined ? undefined : { ...known, items: moved(known.items, quote, to) },
    );
    put(
      { id: group.id, symbol: quote.symbol, position: to },
      { onError: (error) => notification.error({ title: t("failed"), description: explain(error).message, duration: 0 }) },
    );
  };

  return (
    <section className="panel watch-table">
      <DataTable
        label={group.name}
        columns={columns}
        rows={rows}
        rowKey={({ symbol }) => symbol}
        maxHeight="calc(100vh - 260px)"
        error={quotes.error}
        onRetry={() => void quotes.refetch()}
        onRowClick={({ symbol }) => onOpen(symbol)}
        onMove={move}
        exportName={group.name}
        empty={<Empty title={t("groupEmpty")}>{t("groupEmptyText")}</Empty>}
      />
      {newest !== null && (
        <p className="watch-foot soft">
          <span title={formatInstant(quotes.data?.updated_at)}>
            {t("asOf", { date: newest })} · {t("updated", { age: formatAge(quotes.data?.updated_at, now, language) })}
          </span>
          <span>{t("hint")}</span>
        </p>
      )}
    </section>
  );
}
