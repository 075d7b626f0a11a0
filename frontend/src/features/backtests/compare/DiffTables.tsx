import { useMemo } from "react";

import { formatExact, formatNumber, formatPercent } from "@/ui/format";
import { DataTable, type Column } from "@/ui/table";

import type { ReportDiff } from "../api";
import { backtestTexts, metricTexts } from "../i18n";
import { draftField } from "../logic/form";
import { METRICS, type MetricInfo } from "../logic/metrics";
import { SmallTable } from "../report/SmallTable";
import { compareTexts } from "./i18n";

const integer = (value: number | undefined) => formatNumber(value, { digits: 0 });

/** A setting's JSON text without its quotes. */
const plain = (text: string): string => text.replace(/^"(.*)"$/, "$1");

export function SettingsDiff({ settings }: { settings: ReportDiff["settings"] }) {
  const t = compareTexts.useText();
  if (settings.length === 0) return <p className="soft">{t("settingsSame")}</p>;
  const show = (field: string, value: string | null) => (value === null ? <span className="soft">{t(field.startsWith("params.") ? "byDefault" : "absent")}</span> : <code className="setting-value" title={value}>{plain(value)}</code>);
  return (
    <SmallTable
      label={t("settings")}
      rows={settings}
      rowKey={(row) => row.field}
      columns={[
        { key: "field", title: t("setting"), render: (row) => settingName(row.field) },
        { key: "a", title: t("a"), render: (row) => show(row.field, row.a) },
        { key: "b", title: t("b"), render: (row) => show(row.field, row.b) },
      ]}
    />
  );
}

/** The form's name of a setting; a parameter keeps its own. */
function settingName(field: string): string {
  const key = draftField(field);
  return key !== null && backtestTexts.has(key) ? backtestTexts.text(key) : field.replace(/^params\./, "");
}

function formatValue({ kind }: MetricInfo, value: string | number | null, sign: boolean): string {
  if (value === null) return "—";
  switch (kind) {
    case "percent":
    case "change":
      return formatPercent(value, { sign });
    case "points":
      return formatNumber(Number(value) * 100, { sign });
    case "count":
      return formatNumber(value, { digits: 0, sign });
    case "money":
      return sign ? formatNumber(value, { sign }) : formatExact(value);
    default:
      return formatNumber(value, { sign });
  }
}

/** The name, with the unit where the figures alone do not say it. */
function MetricName({ info: { key, kind } }: { info: MetricInfo }) {
  const m = metricTexts.useText();
  const b = backtestTexts.useText();
  const unit = `unit.${kind}`;
  return (
    <>
      {m(key)} {backtestTexts.has(unit) && <span className="soft">{b(unit, { count: 2 })}</span>}
    </>
  );
}

export function MetricsDiff({ metrics }: { metrics: ReportDiff["metrics"] }) {
  const t = compareTexts.useText();
  const rows = METRICS.flatMap((info) => {
    const found = metrics.find(({ name }) => name === info.key);
    return found === undefined ? [] : [{ info, ...found }];
  });
  return (
    <SmallTable
      label={t("metrics")}
      rows={rows}
      rowKey={(row) => row.name}
      columns={[
        { key: "name", title: t("metric"), render: ({ info }) => <MetricName info={info} /> },
        { key: "a", title: t("a"), numeric: true, render: ({ info, a }) => formatValue(info, a, false) },
        { key: "b", title: t("b"), numeric: true, render: ({ info, b }) => formatValue(info, b, false) },
        { key: "difference", title: t("difference"), numeric: true, render: ({ info, difference }) => formatValue(info, difference, true) },
      ]}
    />
  );
}

interface Row {
  date: string;
  change: "added" | "removed" | "changed";
  fields: readonly string[];
  symbol: string;
  side: "buy" | "sell";
  quantity: readonly [number | undefined, number | undefined];
  price: readonly [string | null | undefined, string | null | undefined];
}

type Diff = ReportDiff["orders"] | ReportDiff["fills"];

function rowsOf({ rows }: Diff): Row[] {
  return rows.flatMap(({ date, change, fields, a, b }) => {
    const known = a ?? b;
    if (known === null) return [];
    const priceOf = (item: typeof known | null) => (item === null ? undefined : "average_price" in item ? item.average_price : item.price);
    return [{ date, change, fields, symbol: known.symbol, side: known.side, quantity: [a?.quantity, b?.quantity] as const, price: [priceOf(a), priceOf(b)] as const }];
  });
}

/** Orders or fills that are in one run only, or differ. */
export function RowsDiff({ label, diff, id }: { label: string; diff: Diff; id: string }) {
  const t = compareTexts.useText();
  const b = backtestTexts.useText();
  const rows = useMemo(() => rowsOf(diff), [diff]);
  const keys = useMemo(() => new Map(rows.map((row, index) => [row, index])), [rows]);
  const columns = useMemo<Column<Row>[]>(
    () => [
      { key: "date", title: t("date"), width: "104px", value: (row) => row.date },
      { key: "change", title: t("change"), width: "104px", value: (row) => t(`change.${row.change}`) },
      { key: "symbol", title: t("symbol"), width: "112px", value: (row) => row.symbol },
      {
        key: "side",
        title: t("side"),
        width: "72px",
        value: (row) => b(`side.${row.side}`),
        render: (row) => <span className={row.side === "buy" ? "up" : "down"}>{b(`side.${row.side}`)}</span>,
      },
      { key: "quantityA", title: t("quantityA"), numeric: true, value: (row) => row.quantity[0], render: (row) => integer(row.quantity[0]) },
      { key: "quantityB", title: t("quantityB"), numeric: true, value: (row) => row.quantity[1], render: (row) => integer(row.quantity[1]) },
      { key: "priceA", title: t("priceA"), numeric: true, value: (row) => row.price[0], render: (row) => formatNumber(row.price[0], { digits: 3 }) },
      { key: "priceB", title: t("priceB"), numeric: true, value: (row) => row.price[1], render: (row) => formatNumber(row.price[1], { digits: 3 }) },
      { key: "fields", title: t("fields"), width: "minmax(160px, 2fr)", from: 1000, value: (row) => row.fields.map((field) => fieldName(field)).join(" · ") },
    ],
    [t, b],
  );
  const different = diff.added + diff.removed + diff.changed;
  return (
    <section className="panel">
      <div className="panel-title">
        <h2>{label}</h2>
        <span className="soft">{t("counts", { same: integer(diff.same), added: integer(diff.added), removed: integer(diff.removed), changed: integer(diff.changed) })}</span>
      </div>
      {different === 0 ? (
        <p className="panel-body soft">{t("same")}</p>
      ) : (
        <>
          {different > rows.length && <p className="table-hint soft">{t("firstRows", { count: rows.length })}</p>}
          <DataTable label={label} columns={columns} rows={rows} rowKey={(row) => keys.get(row) ?? -1} maxHeight={360} exportName={`diff-${id}`} />
        </>
      )}
    </section>
  );
}

const NAMES: Record<string, string> = {
  commission: "commissionColumn",
  stamp_duty: "stampDutyColumn",
  transfer_fee: "transferFeeColumn",
  dividend_tax: "dividendTax",
  average_price: "averagePrice",
  order_id: "orderNumber",
};

/** A member's name in the reader's language; one that is new to the page stays as it is. */
function fieldName(field: string): string {
  const key = NAMES[field] ?? field;
  return backtestTexts.has(key) ? backtestTexts.text(key).replace(/[（(].*/, "").trim() : field;
}
