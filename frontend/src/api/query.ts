import { QueryClient } from "@tanstack/react-query";

import { ApiError } from "./errors";

/** Try again only what may pass: no answer, or a server that says it is busy or broken for the moment. */
function mayPass(failures: number, error: unknown): boolean {
  if (failures >= 2) return false;
  return error instanceof ApiError && (error.status === 0 || error.status === 502 || error.status === 503);
}

// What the browser takes for being offline says nothing of a server that may run on this very machine: always ask, and
// tell at once when there is no answer. (By default a change made offline would wait for the network without a word.)
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: "always",
      refetchOnReconnect: true,
      staleTime: 15_000,
      gcTime: 10 * 60_000,
      retry: mayPass,
      refetchOnWindowFocus: false,
    },
    mutations: { networkMode: "always", retry: false },
  },
});
