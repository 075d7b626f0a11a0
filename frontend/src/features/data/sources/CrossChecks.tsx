import { useInfiniteQuery } from "@tanstack/react-query";
import { Alert, App, Button, Input } from "antd";
import { useMemo, useState } from "react";
import { Link } from "react-router";

import { explain } from "@/api/errors";
import { formatExact, formatInstant, formatPercent } from "@/ui/format";
import { DataTable, type Column } from "@/ui/table";

import { checksQuery, differencesQuery, useCrossCheck, type CrossCheckResult, type SourceDifference } from "./api";
import { sourceTexts } from "./i18n";
import { useSourceName } from "./names";

/** Where stored bars and a second source differ, the latest comparisons, and one more at a click. */
export function CrossChecks({ share }: { share: number }) {
  const t = sourceTexts.useText();
  const name = useSourceName();
  const { notification } = App.useApp();
  const [symbol, setSymbol] = useState("");
  const [told, setTold] = useState<CrossCheckResult | null>(null);
  const check = useCrossCheck();
  const run = () =>
    check.mutate(symbol, {
      onSuccess: setTold,
      onError: (error) => notification.error({ title: t("checkFailed"), description: explain(error).message, duration: 0 }),
    });
  return (
    <section aria-label={t("checks")}>
      <h2>{t("checks")}</h2>
      <p className="soft">{share > 0 ? t("checksHelp", { share: formatPercent(share, { digits: 0 }) }) : t("checksOff")}</p>
      <form
        className="sources-row"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Input style={{ width: 220 }} value={symbol} maxLength={40} aria-label={t("checkSymbol")} placeholder={t("checkSymbol")} onChange={(event) => setSymbol(event.target.value)} />
        <Button htmlType="submit" loading={check.isPending} disabled={symbol.trim() === ""}>
          {t("check")}
        </Button>
      </form>
      {told !== null && (
        <Alert
          type={told.differences === 0 ? "success" : "warning"}
          showIcon
          closable={{ onClose: () => setTold(null) }}
          title={t(told.differences === 0 ? "checkAgree" : "checkDiffer", {
            symbol: told.symbol,
            first: name(told.first_source),
            second: name(told.second_source),
            bars: formatExact(told.bars),
            count: formatExact(told.differences),
          })}
        />
      )}
      <div className="sources-halves">
        <Differences />
        <Checks />
      </div>
    </section>
  );
}

function Differences() {
  const t = sourceTexts.useText();
  const name = useSourceName();
  const list = useInfiniteQuery(differencesQuery);
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const columns = useMemo<Column<SourceDifference>[]>(
    () => [
      { key: "symbol", title: t("columnSymbol"), width: "96px", value: (row) => row.symbol, render: (row) => <Link to={`/market/${row.symbol}`}>{row.symbol}</Link> },
      { key: "day", title: t("columnDay"), width: "96px", value: (row) => row.day },
      {
        key: "field",
        title: t("columnField"),
        width: "88px",
        value: (row) => {
          const key = `field.${row.field}`;
          return sourceTexts.has(key) ? t(key) : row.field;
        },
      },
      { key: "first", title: t("columnFirst"), width: "minmax(112px, 1fr)", value: (row) => row.first_value, render: (row) => t("valueOf", { value: formatExact(row.first_value), source: name(row.first_source) }) },
      { key: "second", title: t("columnSecond"), width: "minmax(112px, 1fr)", value: (row) => row.second_value, render: (row) => t("valueOf", { value: formatExact(row.second_value), source: name(row.second_source) }) },
      { key: "settled", from: 640, title: t("columnSettled"), width: "136px", value: (row) => row.settled_at, render: (row) => (row.settled_at === null ? t("notYet") : formatInstant(row.settled_at, { seconds: false })) },
    ],
    [t, name],
  );
  return (
    <div>
      <h3>{t("differences")}</h3>
      <DataTable
        label={t("differences")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        error={list.error}
        onRetry={() => void list.refetch()}
        maxHeight={280}
        exportName="source-differences"
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
        empty={
          <p className="soft">
            {t("differencesEmpty")} {t("differencesEmptyText")}
          </p>
        }
      />
    </div>
  );
}

function Checks() {
  const t = sourceTexts.useText();
  const name = useSourceName();
  const list = useInfiniteQuery(checksQuery);
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const columns = useMemo<Column<CrossCheckResult>[]>(
    () => [
      { key: "symbol", title: t("columnSymbol"), width: "96px", value: (row) => row.symbol },
      { key: "sources", title: t("columnSource"), width: "minmax(136px, 1fr)", value: (row) => `${name(row.first_source)} / ${name(row.second_source)}` },
      { key: "differences", title: t("columnDifferences"), width: "88px", numeric: true, value: (row) => row.differences, render: (row) => formatExact(row.differences) },
      { key: "bars", from: 480, title: t("columnBars"), width: "88px", numeric: true, value: (row) => row.bars, render: (row) => formatExact(row.bars) },
      { key: "at", from: 560, title: t("columnTime"), width: "136px", value: (row) => row.at, render: (row) => formatInstant(row.at, { seconds: false }) },
    ],
    [t, name],
  );
  return (
    <div>
      <h3>{t("checksDone")}</h3>
      <DataTable
        label={t("checksDone")}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.id}
        error={list.error}
        onRetry={() => void list.refetch()}
        maxHeight={280}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : undefined}
        empty={<p className="soft">{t("checksEmpty")}</p>}
      />
    </div>
  );
}
