import { Input, Select } from "antd";
import { useMemo, useState, type ReactNode } from "react";

import { Change, formatDate, formatExact, formatNumber } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import type { Fill, Order, RoundTrip } from "../api";
import { backtestTexts } from "../i18n";
import { filterRows } from "../logic/marks";
import "./report.css";

const TABLE_HEIGHT = 440;
type SideChoice = "any" | "buy" | "sell";

interface FilteredTableProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  /** What the filter looks into, beside the symbol. */
  text: (row: Row) => string;
  exportName: string;
  empty: ReactNode;
  sides?: boolean;
  onRowClick?: (row: Row) => void;
}

function FilteredTable<Row extends { symbol: string; side?: "buy" | "sell" }>({ rows, text, empty, sides = true, onRowClick, ...table }: FilteredTableProps<Row>) {
  const t = backtestTexts.useText();
  const [words, setWords] = useState("");
  const [side, setSide] = useState<SideChoice>("any");
  const shown = useMemo(() => filterRows(rows, words, side, text), [rows, words, side, text]);
  if (rows.length === 0) return <>{empty}</>;
  return (
    <>
      <div className="table-filters">
        <Input.Search allowClear style={{ width: 260 }} value={words} placeholder={t("filterRows")} aria-label={t("filterRows")} onChange={(event) => setWords(event.target.value)} />
        {sides && (
          <Select<SideChoice>
            aria-label={t("side")}
            style={{ width: 120 }}
            value={side}
            onChange={setSide}
            options={[
              { value: "any", label: t("anySide") },
              { value: "buy", label: t("side.buy") },
              { value: "sell", label: t("side.sell") },
            ]}
          />
        )}
      </div>
      <DataTable {...table} rows={shown} maxHeight={TABLE_HEIGHT} empty={<Empty title={t("noRows")} />} {...(onRowClick === undefined ? {} : { onRowClick })} />
    </>
  );
}

const integer = (value: number) => formatNumber(value, { digits: 0 });

function Side({ side }: { side: "buy" | "sell" }) {
  const t = backtestTexts.useText();
  return <span className={side === "buy" ? "up" : "down"}>{t(`side.${side}`)}</span>;
}

/** An average of fills has more decimals than a price: three to read, all on hover. */
function Average({ value }: { value: string | null }) {
  return <span title={formatExact(value)}>{formatNumber(value, { digits: 3 })}</span>;
}

const roundTripText = (row: RoundTrip) => `${row.entry_date} ${row.exit_date ?? ""}`;

export function RoundTripsTable({ rows, id, onPick }: { rows: readonly RoundTrip[]; id: string; onPick: (row: RoundTrip) => void }) {
  const t = backtestTexts.useText();
  const columns = useMemo<Column<RoundTrip>[]>(
    () => [
      { key: "symbol", title: t("symbol"), width: "104px", value: (row) => row.symbol },
      { key: "entry", title: t("entryDate"), width: "104px", value: (row) => row.entry_date },
      { key: "exit", title: t("exitDate"), width: "104px", value: (row) => row.exit_date, render: (row) => row.exit_date ?? <span className="soft">{t("stillOpen")}</span> },
      { key: "quantity", title: t("quantity"), numeric: true, value: (row) => row.quantity, render: (row) => integer(row.quantity) },
      { key: "entryPrice", from: 900, title: t("entryPrice"), numeric: true, width: "minmax(112px, 1fr)", value: (row) => row.entry_price, render: (row) => <Average value={row.entry_price} /> },
      { key: "exitPrice", from: 1000, title: t("exitPrice"), numeric: true, width: "minmax(112px, 1fr)", value: (row) => row.exit_price, render: (row) => <Average value={row.exit_price} /> },
      { key: "profit", title: t("profit"), numeric: true, width: "minmax(136px, 1fr)", value: (row) => row.profit, render: (row) => <Change kind="number" value={row.profit} /> },
      { key: "return", title: t("profitPct"), numeric: true, value: (row) => row.return_pct, render: (row) => <Change value={row.return_pct} /> },
      { key: "costs", from: 760, title: t("fees"), numeric: true, value: (row) => row.costs, render: (row) => formatExact(row.costs) },
      { key: "days", from: 860, title: t("holdingDays"), numeric: true, width: "120px", value: (row) => row.holding_days },
    ],
    [t],
  );
  return (
    <FilteredTable
      label={t("roundTrips")}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.symbol} ${row.entry_date} ${row.exit_date ?? ""} ${row.quantity}`}
      text={roundTripText}
      exportName={`round-trips-${id}`}
      sides={false}
      onRowClick={onPick}
      empty={<Empty title={t("noRoundTrips")}>{t("noRoundTripsText")}</Empty>}
    />
  );
}

const orderText = (row: Order) => `${row.created} ${row.closed ?? ""} ${row.status} ${row.type}`;

export function OrdersTable({ rows, id }: { rows: readonly Order[]; id: string }) {
  const t = backtestTexts.useText();
  const columns = useMemo<Column<Order>[]>(
    () => [
      { key: "id", title: t("orderNumber"), numeric: true, width: "72px", value: (row) => row.id },
      { key: "created", title: t("created"), width: "104px", value: (row) => row.created },
      { key: "symbol", title: t("symbol"), width: "104px", value: (row) => row.symbol },
      { key: "side", title: t("side"), width: "72px", value: (row) => t(`side.${row.side}`), render: (row) => <Side side={row.side} /> },
      { key: "type", title: t("type"), width: "88px", value: (row) => t(`type.${row.type}`) },
      { key: "quantity", title: t("quantity"), numeric: true, value: (row) => row.quantity, render: (row) => integer(row.quantity) },
      { key: "filled", title: t("filled"), numeric: true, value: (row) => row.filled, render: (row) => integer(row.filled) },
      { key: "price", title: t("limitPrice"), numeric: true, width: "minmax(104px, 1fr)", value: (row) => row.price, render: (row) => formatExact(row.price) },
      { key: "average", title: t("averagePrice"), numeric: true, width: "minmax(112px, 1fr)", value: (row) => row.average_price, render: (row) => <Average value={row.average_price} /> },
      { key: "status", title: t("status"), width: "96px", value: (row) => t(`status.${row.status}`) },
      { key: "closed", title: t("closed"), width: "104px", value: (row) => row.closed, render: (row) => formatDate(row.closed) },
    ],
    [t],
  );
  return (
    <FilteredTable
      label={t("orders")}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      text={orderText}
      exportName={`orders-${id}`}
      empty={<Empty title={t("noOrders")}>{t("noOrdersText")}</Empty>}
    />
  );
}

const fillText = (row: Fill) => row.date;

export function FillsTable({ rows, id }: { rows: readonly Fill[]; id: string }) {
  const t = backtestTexts.useText();
  const columns = useMemo<Column<Fill>[]>(
    () => [
      { key: "date", title: t("date"), width: "104px", value: (row) => row.date },
      { key: "symbol", title: t("symbol"), width: "104px", value: (row) => row.symbol },
      { key: "side", title: t("side"), width: "72px", value: (row) => t(`side.${row.side}`), render: (row) => <Side side={row.side} /> },
      { key: "quantity", title: t("quantity"), numeric: true, value: (row) => row.quantity, render: (row) => integer(row.quantity) },
      { key: "price", title: t("price"), numeric: true, value: (row) => row.price, render: (row) => <Average value={row.price} /> },
      { key: "amount", title: t("amount"), numeric: true, width: "minmax(112px, 1fr)", value: (row) => row.amount, render: (row) => <span title={formatExact(row.amount)}>{formatNumber(row.amount)}</span> },
      { key: "commission", from: 780, title: t("commissionColumn"), numeric: true, value: (row) => row.commission, render: (row) => formatExact(row.commission) },
      { key: "stamp", from: 900, title: t("stampDutyColumn"), numeric: true, value: (row) => row.stamp_duty, render: (row) => formatExact(row.stamp_duty) },
      { key: "transfer", from: 1000, title: t("transferFeeColumn"), numeric: true, value: (row) => row.transfer_fee, render: (row) => formatExact(row.transfer_fee) },
      { key: "position", title: t("position"), numeric: true, width: "minmax(128px, 1fr)", value: (row) => row.position, render: (row) => integer(row.position) },
      { key: "order", from: 1260, title: t("orderNumber"), numeric: true, width: "72px", value: (row) => row.order_id },
    ],
    [t],
  );
  const keys = useMemo(() => new Map(rows.map((row, index) => [row, index])), [rows]);
  return (
    <FilteredTable
      label={t("fills")}
      columns={columns}
      rows={rows}
      rowKey={(row) => keys.get(row) ?? -1}
      text={fillText}
      exportName={`fills-${id}`}
      empty={<Empty title={t("noFills")}>{t("noOrdersText")}</Empty>}
    />
  );
}
