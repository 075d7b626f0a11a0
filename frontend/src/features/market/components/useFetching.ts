import { useEffect, useEffectEvent, useState } from "react";

import { useMay } from "@/api/session";
import { isFinished, useLiveJob, type Job, type LiveJob } from "@/features/jobs/api";
import { useInfo } from "@/features/system/api";

import { useFetchStock, useReloadStock } from "../api";
import type { MinuteInterval } from "../logic/views";

export interface Fetching {
  start: () => void;
  /** From the click to the job's end. */
  busy: boolean;
  live: LiveJob;
  /** Why the job could not even be queued. */
  error: Error | null;
  failure: Job["error"];
}

/** Fetch an instrument from the online sources and read it again when its bars are in. */
export function useFetching(symbol: string, onDone?: () => void, interval: "1d" | MinuteInterval = "1d"): Fetching {
  const request = useFetchStock(symbol, interval);
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
  };
}

export type NotFetchable = "updateSimulated" | "updateKind" | "updateOffline" | "updateRole";

/** Say why an instrument cannot be fetched online, or null; asked before offering it. */
export function useWhyNotFetch({ simulated, kind }: { simulated: boolean; kind: string }): NotFetchable | null {
  const may = useMay("trader");
  const info = useInfo();
  if (simulated) return "updateSimulated";
  if (kind === "crypto") return "updateKind";
  if (!may) return "updateRole";
  return info.data?.online_sources.length === 0 ? "updateOffline" : null;
}
