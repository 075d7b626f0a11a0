import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useCallback, useMemo, useState } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart } from "@/ui/chart";
import { formatExact, formatPercent } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";
import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { gapsQuery, monthsQuery, type DatasetName } from "./api";
import { qualityTexts } from "./i18n";
import { joinMonths, shadeOf } from "./logic";
import "./quality.css";

const DATASETS: readonly DatasetName[] = ["stock", "index", "etf", "fund", "future", "crypto", "demo"];
const ROW_HEIGHT = 20;

/** How much of each month is there, symbol by symbol. */
export default function CoverageMap() {
  const t = qualityTexts.useText();
  const [dataset, setDataset] = useState<DatasetName | null>(null);
  const [typed, setTyped] = useState("");
  const [opened, setOpened] = useState<string | null>(null);
  const q = useDebounced(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery(monthsQuery(dataset, q));
  const joined = useMemo(() => joinMonths(list.data?.pages ?? []), [list.data]);
  const { months, symbols, names, cells } = joined;

  const option = useCallback(
    ({ palette }: Theme) => {
      const label = { color: palette.textSoft, fontSize: 11 };
      const plain = { axisLine: { lineStyle: { color: palette.border } }, axisTick: { show: false }, splitArea: { show: false } };
      return {
        grid: { left: 104, right: 16, top: 8, bottom: 64 },
        tooltip: {
          trigger: "item",
          axisPointer: { type: "none" },
          formatter: ({ dataIndex }: { dataIndex: number }) => {
            const cell = cells[dataIndex];
            if (cell === undefined) return "";
            const name = names[cell.y];
            // Codes, months and figures only: a name may hold any character.
            const safe = (name ?? "").replace(/[<>&"]/g, "");
            return `${symbols[cell.y] ?? ""} ${safe}<br>${months[cell.x] ?? ""} <b>${formatPercent(cell.share, { digits: 1 })}</b>`;
          },
        },
        xAxis: { type: "category", data: months, ...plain, axisLabel: { ...label, hideOverlap: true } },
        yAxis: { type: "category", data: symbols, inverse: true, ...plain, axisLabel: { ...label, interval: 0 } },
        visualMap: {
          type: "continuous",
          min: 0,
          max: 1,
          dimension: 2,
          orient: "horizontal",
          left: "center",
          bottom: 0,
          itemWidth: 10,
          itemHeight: 160,
          text: ["100%", "0%"],
          textStyle: label,
          // Whole months are calm, what is missing stands out.
          inRange: { color: [palette.danger, palette.warning, `${palette.warning}99`, `${palette.primary}66`] },
        },
        series: [
          {
            type: "heatmap",
            data: cells.map(({ x, y, share }) => [x, y, shadeOf(share)]),
            itemStyle: { borderColor: palette.surface, borderWidth: 1 },
            emphasis: { itemStyle: { borderColor: palette.text, borderWidth: 1 } },
          },
        ],
      };
    },
    [cells, months, names, symbols],
  );
  const sheet = () => ({
    headers: ["symbol", "month", "share"],
    rows: cells.map(({ x, y, share }) => [symbols[y], months[x], share]),
  });
  if (list.isError && list.data === undefined) return <ErrorPanel title={t("mapError")} error={list.error} onRetry={() => void list.refetch()} />;
  return (
    <div className="quality">
      <div className="quality-tools">
        <Input.Search allowClear className="list-search" value={typed} placeholder={t("search")} aria-label={t("search")} onChange={(event) => setTyped(event.target.value)} />
        <Select<DatasetName | "any">
          aria-label={t("datasetFilter")}
          style={{ width: 152 }}
          value={dataset ?? "any"}
          onChange={(value) => setDataset(value === "any" ? null : value)}
          options={[{ value: "any" as const, label: t("anyDataset") }, ...DATASETS.map((value) => ({ value, label: t(`dataset.${value}`) }))]}
        />
      </div>
      {list.data === undefined ? (
        <Loading height={360} />
      ) : symbols.length === 0 ? (
        <Empty title={t("mapEmpty")}>{t("mapEmptyText")}</Empty>
      ) : (
        <>
          <Chart
            label={t("mapTitle")}
            option={option}
            count={cells.length}
            height={symbols.length * ROW_HEIGHT + 80}
            exportName="coverage-months"
            sheet={sheet}
            onPick={(index) => setOpened(symbols[cells[index]?.y ?? -1] ?? null)}
          />
          <p className="quality-note soft">{t("mapHelp")}</p>
          {opened !== null && <Gaps symbol={opened} onClose={() => setOpened(null)} />}
          {list.hasNextPage && (
            <div className="quality-tools">
              <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t("more", { count: 30 })}
              </Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function Gaps({ symbol, onClose }: { symbol: string; onClose: () => void }) {
  const t = qualityTexts.useText();
  const query = useQuery(gapsQuery(symbol));
  if (query.isError && query.data === undefined) return <ErrorPanel title={t("gapsError")} error={query.error} onRetry={() => void query.refetch()} />;
  const { data } = query;
  return (
    <section aria-label={t("gaps", { symbol })} className="quality-gaps">
      <div className="quality-tools">
        <h2>{t("gaps", { symbol })}</h2>
        <Button size="small" onClick={onClose}>
          {t("close_")}
        </Button>
      </div>
      {data === undefined ? (
        <Loading rows={3} />
      ) : (
        <>
          <p className="soft">
            {t(data.gaps.length === 0 ? "gapsNone" : "gapsSummary", { first: data.first, last: data.last, due: formatExact(data.due), have: formatExact(data.have) })}
          </p>
          <ul>
            {data.gaps.map(({ first, last, days }) => (
              <li key={first}>{t(days === 1 ? "gapDay" : "gapDays", { first, last, days })}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
