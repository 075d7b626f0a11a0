import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useCallback, useState } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { searchQuery } from "@/features/market/api";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatNumber } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { summaryQuery } from "../api";
import { checkQuery, seriesQuery, type FactorSeries } from "./api";
import { spanBefore } from "./dates";
import { factorTexts } from "./i18n";

/** A factor's values beside the price of one stock. */
export function OneSymbol({ expression }: { expression: string }) {
  const t = factorTexts.useText();
  const [symbol, setSymbol] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const asked = useDebounced(expression, TYPING_MS);
  const { data: hits } = useQuery(searchQuery(useDebounced(typed.trim(), TYPING_MS), 20));
  const { data: check } = useQuery(checkQuery(asked));
  const { data: summary } = useQuery(summaryQuery);
  const ready = symbol !== null && check?.problem === null && summary !== undefined;
  const universe = symbol?.endsWith(".DEMO") === true ? "demo" : "stocks";
  const series = useQuery(
    seriesQuery(ready ? { expression: asked, symbol, universe: check.cross ? universe : "symbols", symbols: [], ...spanBefore(summary.last, 2) } : null),
  );
  return (
    <section className="factors-one" aria-label={t("one")}>
      <div className="factors-row">
        <h2>{t("one")}</h2>
        <Select
          showSearch={{ filterOption: false, onSearch: setTyped }}
          style={{ width: 240 }}
          aria-label={t("oneSymbol")}
          placeholder={t("oneSymbol")}
          value={symbol}
          onChange={setSymbol}
          options={(hits ?? []).filter((hit) => hit.stored).map((hit) => ({ value: hit.symbol, label: `${hit.symbol} ${hit.name}` }))}
        />
      </div>
      {symbol === null && <p className="soft">{t("oneChoose")}</p>}
      {series.isError && <ErrorPanel title={t("oneError")} error={series.error} onRetry={() => void series.refetch()} />}
      {ready && series.isPending && <Loading height={260} />}
      {series.data !== undefined && symbol !== null && !series.isError && <SymbolChart series={series.data} />}
    </section>
  );
}

function SymbolChart({ series }: { series: FactorSeries }) {
  const t = factorTexts.useText();
  const option = useCallback(
    (theme: Theme) => ({
      legend: { show: true },
      grid: { left: 56, right: 64, top: 32, bottom: 24 },
      tooltip: { valueFormatter: (value: unknown) => formatNumber(value as number | null, { digits: 4 }) },
      xAxis: dateAxis(theme, series.date),
      yAxis: [
        { ...valueAxis(theme, (value) => formatNumber(value, { digits: 2 })) },
        { ...valueAxis(theme, (value) => formatNumber(value, { digits: 3 })), position: "left", splitLine: { show: false } },
      ],
      dataZoom: [{ type: "inside" }],
      series: [
        { type: "line", name: t("price"), data: series.close, showSymbol: false, color: theme.palette.series[5], lineStyle: { width: 1.2 } },
        { type: "line", name: t("value"), data: series.value, yAxisIndex: 1, showSymbol: false, color: theme.palette.series[0], lineStyle: { width: 1.5 } },
      ],
    }),
    [series, t],
  );
  return (
    <Chart
      label={t("oneChart", { symbol: series.symbol })}
      option={option}
      count={series.date.length}
      height={260}
      exportName={`factor-${series.symbol}`}
      sheet={() => ({
        headers: [t("date"), t("price"), t("value")],
        rows: series.date.map((date, at) => [date, series.close[at] ?? null, series.value[at] ?? null]),
      })}
    />
  );
}
