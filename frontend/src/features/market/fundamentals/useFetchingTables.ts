import { useEffect, useEffectEvent, useState } from "react";

import { isFinished, useLiveJob, type Job } from "@/features/jobs/api";

import { useReloadStock } from "../api";
import type { Fetching } from "../components/useFetching";
import { useFetchTables, type CompanyTable } from "./api";

export interface FetchingTables extends Fetching {
  /** The job succeeded: each table that a source gave is stored. */
  done: boolean;
}

/** Fetch a company's tables from the online sources and read them again when they are in. */
export function useFetchingTables(symbol: string, tables: CompanyTable[] | null, onDone?: () => void): FetchingTables {
  const request = useFetchTables(symbol, tables);
  const reload = useReloadStock();
  const [job, setJob] = useState<Job | null>(null);
  const live = useLiveJob(job);
  const state = live.job?.state ?? null;

  const finished = useEffectEvent(() => {
    void reload(symbol);
    onDone?.();
  });
  useEffect(() => {
    if (state === "succeeded") finished();
  }, [state]);

  return {
    start: () => request.mutate(undefined, { onSuccess: setJob }),
    busy: request.isPending || (live.job !== null && !isFinished(live.job)),
    live,
    error: request.error,
    failure: state === "failed" ? (live.job?.error ?? null) : null,
    done: state === "succeeded",
  };
}
