import { useMemo } from "react";

import { formatExact } from "@/ui/format";
import { DataTable, type Column } from "@/ui/table";

import type { DatasetPlan } from "./api";
import { refreshTexts } from "./i18n";
import { useDatasetName } from "./names";

/** What would be fetched of each dataset. */
export function PlanTable({ datasets }: { datasets: readonly DatasetPlan[] }) {
  const t = refreshTexts.useText();
  const nameOf = useDatasetName();
  const columns = useMemo<Column<DatasetPlan>[]>(
    () => [
      { key: "dataset", title: t("columnDataset"), width: "minmax(96px, 1fr)", value: (row) => nameOf(row.dataset) },
      {
        key: "fetches",
        title: t("columnFetches"),
        width: "112px",
        numeric: true,
        value: (row) => row.fetches,
        render: (row) => `${formatExact(row.fetches)} / ${formatExact(row.items)}`,
      },
      { key: "requests", title: t("columnRequests"), width: "80px", numeric: true, value: (row) => row.requests, render: (row) => formatExact(row.requests) },
      {
        key: "minutes",
        from: 480,
        title: t("columnMinutes"),
        width: "72px",
        numeric: true,
        value: (row) => row.minutes,
        render: (row) => (row.fetches === 0 ? "" : row.minutes < 1 ? "< 1" : formatExact(Math.round(row.minutes))),
      },
      { key: "later", from: 480, title: t("columnLater"), width: "88px", numeric: true, value: (row) => row.later, render: (row) => (row.later > 0 ? formatExact(row.later) : "") },
      { key: "sources", from: 560, title: t("columnSources"), width: "minmax(112px, 1.5fr)", value: (row) => row.sources.join(", ") },
    ],
    [t, nameOf],
  );
  return <DataTable label={t("plan")} columns={columns} rows={datasets} rowKey={(row) => row.dataset} maxHeight={360} />;
}
