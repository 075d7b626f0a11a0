import { useInfiniteQuery } from "@tanstack/react-query";

import { jobsQuery, type Job, type JobFilter } from "@/features/jobs/api";

/** The same list as the shell's indicator, which keeps it fresh. */
export const UNDER_WAY: JobFilter = { state: ["queued", "running", "cancelling"], kind: [] };

/** The job that makes the simulated market, while there is one under way. */
export function usePreparing(): Job | undefined {
  const { data } = useInfiniteQuery(jobsQuery(UNDER_WAY));
  return data?.pages.flatMap(({ items }) => items).find(({ kind }) => kind === "welcome" || kind === "demo");
}
