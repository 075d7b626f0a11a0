import { CaretDownOutlined, CaretUpOutlined, DownloadOutlined } from "@ant-design/icons";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Button } from "antd";
import { useEffect, useEffectEvent, useMemo, useRef, useState, type CSSProperties, type DragEvent, type KeyboardEvent, type MouseEvent, type ReactNode } from "react";

import { download, toCsv, type Cell } from "@/ui/format/csv";
import { uiTexts } from "@/ui/i18n";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { useWidth } from "../useWidth";
import { nextSort, sortRows, type Sort } from "./sort";
import "./table.css";

export interface Column<Row> {
  key: string;
  title: string;
  /** The raw value: what sorting and CSV use, and what is shown without `render`. */
  value: (row: Row) => Cell;
  render?: (row: Row) => ReactNode;
  /** Right-aligned, and sorted from the largest. */
  numeric?: boolean;
  /** CSS grid track; default `minmax(88px, 1fr)`. */
  width?: string;
  sortable?: boolean;
  /** Left out where the table is narrower than this, in pixels; the CSV has it always. */
  from?: number;
}

export interface DataTableProps<Row> {
  /** Names the table for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string | number;
  /** Largest height in pixels before it scrolls; default 480. */
  maxHeight?: CSSProperties["maxHeight"];
  loading?: boolean;
  error?: unknown;
  onRetry?: () => void;
  /** Shown when there are no rows; default a plain line. */
  empty?: ReactNode;
  onRowClick?: (row: Row) => void;
  /** The last rows came into sight: load the next page. */
  onEnd?: (() => void) | undefined;
  /** Rows can be put elsewhere, with the mouse or with Alt and an arrow key, while no column sorts them. */
  onMove?: ((row: Row, to: number) => void) | undefined;
  /** Key of the row to mark. */
  selected?: string | number | null;
  /** File name of the CSV, without its ending; no export without it. */
  exportName?: string;
  initialSort?: Sort;
}

const ROW_HEIGHT = 32;

/** A table for any number of rows: virtual scroll, sorting, CSV export, and its empty, loading and error states. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, loading = false, error, onRetry, empty } = props;
  const t = uiTexts.useText();
  if (error !== undefined && error !== null && rows === undefined) return <ErrorPanel error={error} onRetry={onRetry} />;
  if (rows === undefined || (loading && rows.length === 0)) return <Loading rows={8} />;
  if (rows.length === 0) return <>{empty ?? <Empty title={t("noRows")} />}</>;
  return <Rows {...props} rows={rows} />;
}

function Rows<Row>({
  label,
  columns: all,
  rows,
  rowKey,
  maxHeight = 480,
  onRowClick,
  onEnd,
  onMove,
  selected,
  exportName,
  initialSort,
}: DataTableProps<Row> & { rows: readonly Row[] }) {
  const t = uiTexts.useText();
  const scroller = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<Sort | null>(initialSort ?? null);
  const [active, setActive] = useState(0);
  const [dragged, setDragged] = useState<number | null>(null);
  const [target, setTarget] = useState<number | null>(null);
  const movable = onMove !== undefined && sort === null;
  const width = useWidth(scroller);
  const columns = useMemo(() => all.filter(({ from = 0 }) => width === null || width >= from), [all, width]);

  const sorted = useMemo(() => {
    const column = all.find(({ key }) => key === sort?.key);
    return column === undefined || sort === null ? rows : sortRows(rows, column.value, sort.descending);
  }, [all, rows, sort]);

  // The library's instance has methods that must not be memoised; React's compiler is not in use here.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    initialRect: { width: 800, height: 480 },
  });

  const lastShown = virtual.getVirtualItems().at(-1)?.index ?? -1;
  const reachEnd = useEffectEvent(() => onEnd?.());
  useEffect(() => {
    if (lastShown >= sorted.length - 1) reachEnd();
  }, [lastShown, sorted.length]);

  const tracks = { gridTemplateColumns: columns.map(({ width }) => width ?? "minmax(88px, 1fr)").join(" ") };

  const exportCsv = () => {
    const sheet = {
      headers: all.map(({ title }) => title),
      rows: sorted.map((row) => all.map(({ value }) => value(row))),
    };
    download(`${exportName ?? "table"}.csv`, toCsv(sheet));
  };

  const focusRow = (index: number) => {
    const target = Math.min(sorted.length - 1, Math.max(0, index));
    setActive(target);
    virtual.scrollToIndex(target);
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-index="${target}"]`)?.focus());
  };

  const onRowKey = (event: KeyboardEvent, index: number) => {
    // A key meant for a button or a menu inside of the row.
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const row = sorted[index];
    if (event.altKey && movable && row !== undefined && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const to = index + (event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
      if (to < 0 || to >= sorted.length) return;
      onMove(row, to);
      focusRow(to);
      return;
    }
    switch (event.key) {
      case "ArrowDown":
        focusRow(index + 1);
        break;
      case "ArrowUp":
        focusRow(index - 1);
        break;
      case "PageDown":
        focusRow(index + page);
        break;
      case "PageUp":
        focusRow(index - page);
        break;
      case "Home":
        focusRow(0);
        break;
      case "End":
        focusRow(sorted.length - 1);
        break;
      case "Enter":
        if (row !== undefined) onRowClick?.(row);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const drop = () => {
    const row = dragged === null ? undefined : sorted[dragged];
    if (row !== undefined && target !== null && target !== dragged) onMove?.(row, target);
    setDragged(null);
    setTarget(null);
  };

  return (
    <div className="data-table">
      <div className="data-table-scroll" ref={scroller} style={{ maxHeight }}>
        <div role="table" aria-label={label} aria-rowcount={sorted.length + 1} className="data-table-grid">
          <div role="row" aria-rowindex={1} className="data-table-head" style={tracks}>
            {columns.map(({ key, title, numeric = false, sortable = true }) => {
              const order = sort?.key === key ? (sort.descending ? "descending" : "ascending") : "none";
              return (
                <div key={key} role="columnheader" aria-sort={sortable ? order : undefined} data-numeric={numeric}>
                  {sortable ? (
                    <button
                      type="button"
                      title={t("sortBy", { column: title })}
                      onClick={() => setSort(nextSort(sort, key, numeric))}
                    >
                      {title}
                      {order === "descending" && <CaretDownOutlined aria-hidden />}
                      {order === "ascending" && <CaretUpOutlined aria-hidden />}
                    </button>
                  ) : (
                    title
                  )}
                </div>
              );
            })}
          </div>
          <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = sorted[index];
              if (row === undefined) return null;
              const key = rowKey(row);
              return (
                // Rows are walked with the arrow keys and opened with Enter.
                 
                <div
                  key={key}
                  role="row"
                  aria-rowindex={index + 2}
                  aria-selected={selected === undefined ? undefined : key === selected}
                  data-index={index}
                  data-link={onRowClick !== undefined}
                  data-drop={target === index && dragged !== index ? (dragged !== null && dragged < index ? "after" : "before") : undefined}
                  draggable={movable}
                  tabIndex={index === active ? 0 : -1}
                  className="data-table-row"
                  style={{ ...tracks, height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
                  onClick={onRowClick === undefined ? undefined : (event) => isForRow(event) && onRowClick(row)}
                  onFocus={() => setActive(index)}
                  onKeyDown={(event) => onRowKey(event, index)}
                  {...(movable && {
                    onDragStart: () => setDragged(index),
                    onDragOver: (event: DragEvent) => {
                      event.preventDefault();
                      setTarget(index);
                    },
                    onDrop: drop,
                    onDragEnd: () => {
                      setDragged(null);
                      setTarget(null);
                    },
                  })}
                >
                  {columns.map(({ key: column, numeric = false, value, render }) => (
                    <div key={column} role="cell" data-numeric={numeric}>
                      {render === undefined ? String(value(row) ?? "—") : render(row)}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      <footer className="data-table-foot soft">
        <span>{t(onEnd === undefined ? "rows" : "rowsMore", { count: sorted.length.toLocaleString("en-US") })}</span>
        {exportName !== undefined && (
          <Button size="small" type="text" icon={<DownloadOutlined aria-hidden />} onClick={exportCsv}>
            {t("exportCsv")}
          </Button>
        )}
      </footer>
    </div>
  );
}

/** Whether a click was meant for the row: not for a control inside of it, nor for a menu that one has opened. */
function isForRow({ target, currentTarget }: MouseEvent): boolean {
  if (!(target instanceof Element) || !currentTarget.contains(target)) return false;
  const control = target.closest("a, button, input, label");
  return control === null || !currentTarget.contains(control);
}
