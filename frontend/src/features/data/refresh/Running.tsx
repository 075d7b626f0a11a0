import { useQuery } from "@tanstack/react-query";

import type { LiveJob } from "@/features/jobs/api";
import { JobActions } from "@/features/jobs/components/JobActions";
import { JobProgress } from "@/features/jobs/components/JobProgress";

import { runningQuery } from "./api";
import { DatasetTable } from "./DatasetTable";
import { refreshTexts } from "./i18n";
import { useDatasetName } from "./names";

/** A refresh under way: all of it, and each dataset. */
export function Running({ id, live }: { id: string; live: LiveJob }) {
  const t = refreshTexts.useText();
  const nameOf = useDatasetName();
  const { data } = useQuery(runningQuery(id));
  if (live.job === null) return null;
  return (
    <section className="refresh-live" aria-label={t("running")}>
      <JobProgress live={live} />
      {data !== undefined && <DatasetTable datasets={data.datasets} live />}
      {data !== undefined && data.missing.length > 0 && <p className="soft">{t("missing", { names: data.missing.map(nameOf).join("、") })}</p>}
      <div className="refresh-row">
        <JobActions job={live.job} size="middle" />
      </div>
    </section>
  );
}
