import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";
import { signedIn, signedOut } from "@/api/session";

export const authKeys = { state: ["auth", "state"] as const };

/** Whether the first user must still be set up. */
export const authStateQuery = queryOptions({
  queryKey: authKeys.state,
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/auth/state", { signal })),
  staleTime: 0,
});

export function useLogin() {
  return useMutation({
    mutationFn: (body: components["schemas"]["Login"]) => unwrap(api.POST("/api/v1/auth/login", { body })),
    onSuccess: signedIn,
  });
}

export function useSetup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: components["schemas"]["Setup"]) => unwrap(api.POST("/api/v1/auth/setup", { body })),
    onSuccess: (grant) => {
      client.setQueryData(authStateQuery.queryKey, { setup_required: false });
      signedIn(grant);
    },
  });
}

/** End the session here and on the server; an unreachable server does not keep the page signed in. */
export async function signOut(reason: "signed-out" | "idle"): Promise<void> {
  try {
    await unwrap(api.POST("/api/v1/auth/logout"));
  } catch {
    // The session then ends by itself when it has been idle.
  }
  signedOut(reason);
}
