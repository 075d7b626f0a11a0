import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "./errors";

/** Try again only what may pass: no answer, or a server that says it is busy or broken for the moment. */
function mayPass(failures: number, error: unknown): boolean {
  if (failures >= 2) return false;
  return error instanceof ApiError && (error.status === 0 || error.status === 502 || error.status === 503);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, gcTime: 10 * 60_000, retry: mayPass, refetchOnWindowFocus: false },
    mutations: { retry: false },
  },
});
