import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import { useSocketStatus, useTopic } from "@/api/ws";

import { strategyKeys } from "./api";
import { isUnderWay } from "./logic/lookahead";

export type LookaheadCheck = components["schemas"]["LookaheadCheck"];

const POLL_MS = { socketDown: 2_000, socketUp: 15_000 };
const path = (id: string, number: number) => ({ path: { strategy_id: id, number } });

/** The last check of a version for look-ahead. */
export const lookaheadQuery = (id: string, number: number) =>
  queryOptions({
    queryKey: [...strategyKeys.version(id, number), "lookahead"],
    queryFn: ({ signal }) =>
      unwrap(api.GET("/api/v1/strategies/{strategy_id}/versions/{number}/truncation", { params: path(id, number), signal })),
  });

/** Follow the check of a version to its end: by the socket, polling where it is down. */
export function useLookahead(id: string, number: number) {
  const client = useQueryClient();
  const socketUp = useSocketStatus(({ status }) => status === "open");
  const check = useQuery({
    ...lookaheadQuery(id, number),
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && isUnderWay(data.state) ? (socketUp ? POLL_MS.socketUp : POLL_MS.socketDown) : false,
  });
  const following = check.data !== undefined && isUnderWay(check.data.state) ? check.data.job_id : null;
  useTopic(following === null ? null : `jobs.${following}`, (event) => {
    if (event.type === "job.changed") void client.invalidateQueries({ queryKey: lookaheadQuery(id, number).queryKey });
  });
  return check;
}

/** Queue the check again. */
export function useCheckLookahead(id: string, number: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/api/v1/strategies/{strategy_id}/versions/{number}/truncation", {
          params: path(id, number),
          body: { samples: 12 },
        }),
      ),
    onSuccess: (check) => client.setQueryData(lookaheadQuery(id, number).queryKey, check),
  });
}
