import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { useSocketStatus, useTopic } from "@/api/ws";
import { isFinished, useLiveJob, type LiveJob } from "@/features/jobs/api";

import { optimisationKeys, trialsQuery, type Optimisation } from "../api";
import { merge, type TrialColumns } from "../logic/trials";

/** Events come in bursts; the page is drawn again this often at most. */
const GATHER_MS = 250;

/** Follow the job of an optimisation; when it ends, or is resumed, all that was read of it is read again. */
export function useLiveOptimisation(optimisation: Optimisation): LiveJob {
  const client = useQueryClient();
  const live = useLiveJob(optimisation.job);
  const { id } = optimisation;
  const turned = live.job !== null && isFinished(live.job) !== isFinished(optimisation.job);
  useEffect(() => {
    if (!turned) return;
    for (const key of [optimisationKeys.detail(id), optimisationKeys.trials(id), optimisationKeys.overfitting(id), optimisationKeys.walkForward(id), optimisationKeys.lists()]) {
      void client.invalidateQueries({ queryKey: key });
    }
  }, [turned, id, client]);
  return live;
}

/** Keep the cached trials in step with what ends; after a break of the socket they are read anew. */
export function useLiveTrials({ id }: Optimisation, jobId: string, running: boolean): void {
  const client = useQueryClient();
  const gathered = useRef<TrialColumns[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useTopic(running ? `jobs.${jobId}` : null, (event) => {
    if (event.type !== "optimisation.trials" || event.optimisation_id !== id) return;
    gathered.current.push(event.trials);
    timer.current ??= setTimeout(() => {
      timer.current = null;
      const fresh = gathered.current.splice(0);
      if (client.getQueryData(trialsQuery(id).queryKey)?.trials.number.length === 0) {
        // Read before the search had laid out its runs: events tell those that ended, not those that wait.
        void client.invalidateQueries({ queryKey: optimisationKeys.trials(id) });
        return;
      }
      client.setQueryData(trialsQuery(id).queryKey, (table) =>
        table === undefined ? undefined : { ...table, trials: fresh.reduce(merge, table.trials) },
      );
    }, GATHER_MS);
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );

  const status = useSocketStatus((state) => state.status);
  useEffect(() => {
    if (running && status === "open") void client.invalidateQueries({ queryKey: optimisationKeys.trials(id) });
  }, [status, running, id, client]);
}
