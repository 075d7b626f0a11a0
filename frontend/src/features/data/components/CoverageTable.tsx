import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";

import { formatExact, formatInstant } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { coverageQuery, type CoverageItem } from "../api";
import { dataTexts } from "../i18n";
import { useSourceName } from "../sources/names";
import "./data.css";

const ORIGINS = { any: null, real: false, simulated: true } as const;
type Origin = keyof typeof ORIGINS;

/** What is stored of each symbol. */
export function CoverageTable({ onTab }: { onTab: (tab: string) => void }) {
  const t = dataTexts.useText();
  const name = useSourceName();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [origin, setOrigin] = useState<Origin>("any");
  const q = useDebounced(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery(coverageQuery({ q, simulated: ORIGINS[origin] }));
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const columns = useMemo<Column<CoverageItem>[]>(
    () => [
      { key: "symbol", title: t("columnSymbol"), width: "112px", value: (row) => row.symbol, render: (row) => <Link to={`/market/${row.symbol}`}>{row.symbol}</Link> },
      {
        key: "name",
        title: t("columnName"),
        width: "minmax(140px, 2fr)",
        value: (row) => row.name,
        render: (row) => (
          <>
            {row.name ?? "—"} {row.simulated && <span className="badge">{t("simulated")}</span>}
          </>
        ),
      },
      {
        key: "kind", from: 720,
        title: t("columnKind"),
        width: "88px",
        value: (row) => {
          const key = `kind.${row.kind ?? ""}`;
          return dataTexts.has(key) ? t(key) : row.kind;
        },
      },
      { key: "first", from: 620, title: t("columnFirst"), width: "112px", value: (row) => row.first },
      { key: "last", title: t("columnLast"), width: "112px", value: (row) => row.last },
      { key: "rows", title: t("columnRows"), width: "96px", numeric: true, value: (row) => row.rows, render: (row) => formatExact(row.rows) },
      { key: "source", from: 840, title: t("columnSource"), width: "minmax(96px, 1fr)", value: (row) => name(row.source) },
      { key: "updated", from: 960, title: t("columnUpdated"), width: "144px", value: (row) => row.updated_at, render: (row) => formatInstant(row.updated_at, { seconds: false }) },
    ],
    [t, name],
  );
  const filtered = q !== "" || origin !== "any";
  return (
    <>
      <div className="table-tools">
        <Input.Search allowClear style={{ width: 260 }} value={typed} placeholder={t("searchPlaceholder")} aria-label={t("searchPlaceholder")} onChange={(event) => setTyped(event.target.value)} />
        <Select<Origin>
          aria-label={t("origin")}
          style={{ width: 144 }}
          value={origin}
          onChange={setOrigin}
          options={[
            { value: "any", label: t("anyOrigin") },
            { value: "real", label: t("realOnly") },
            { value: "simulated", label: t("simulatedOnly") },
          ]}
        />
      </div>
      <DataTable
        label={t("coverage")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.symbol}
        error={list.error}
        onRetry={() => void list.refetch()}
        maxHeight="calc(100vh - 360px)"
        exportName="coverage"
        onRowClick={(row) => void navigate(`/market/${row.symbol}`)}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
        empty={
          filtered ? (
            <Empty title={t("emptySearch")} />
          ) : (
            <Empty
              title={t("emptyTitle")}
              action={
                <>
                  <Button type="primary" onClick={() => onTab("import")}>
                    {t("goImport")}
                  </Button>
                  <Button onClick={() => onTab("demo")}>{t("goDemo")}</Button>
                </>
              }
            >
              {t("emptyText")}
            </Empty>
          )
        }
      />
    </>
  );
}
