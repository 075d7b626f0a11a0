import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";

import { api, unwrap } from "@/api/client";
import type { components } from "@/api/schema.gen";

export type ApiKey = components["schemas"]["ApiKey"];
export type ApiKeyCreate = components["schemas"]["ApiKeyCreate"];
export type ApiKeyCreated = components["schemas"]["ApiKeyCreated"];
export type AuditEntry = components["schemas"]["AuditEntry"];
export type Check = components["schemas"]["Check"];
export type Scope = ApiKey["scopes"][number];
export type Session = components["schemas"]["Session"];
export type User = components["schemas"]["User"];
export type UserCreate = components["schemas"]["UserCreate"];
export type UserUpdate = components["schemas"]["UserUpdate"];

export const systemKeys = {
  all: ["system"] as const,
  info: () => [...systemKeys.all, "info"] as const,
  doctor: () => [...systemKeys.all, "doctor"] as const,
  sessions: () => [...systemKeys.all, "sessions"] as const,
  apiKeys: () => [...systemKeys.all, "api-keys"] as const,
  users: () => [...systemKeys.all, "users"] as const,
  audit: (action: string | null) => [...systemKeys.all, "audit", action] as const,
};

export const infoQuery = queryOptions({
  queryKey: systemKeys.info(),
  queryFn: ({ signal }) => unwrap(api.GET("/api/v1/system/info", { signal })),
  staleTime: 5 * 60_000,
});

export const useInfo = () => useQuery(infoQuery);

export const doctorQuery = queryOptions({
  queryKey: systemKeys.doctor(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/system/doctor", { signal }))).checks,
});

export const sessionsQuery = queryOptions({
  queryKey: systemKeys.sessions(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/auth/sessions", { signal }))).items,
});

export const apiKeysQuery = queryOptions({
  queryKey: systemKeys.apiKeys(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/auth/api-keys", { signal }))).items,
});

export const usersQuery = queryOptions({
  queryKey: systemKeys.users(),
  queryFn: async ({ signal }) => (await unwrap(api.GET("/api/v1/auth/users", { signal }))).items,
});

export const auditQuery = (action: string | null) =>
  infiniteQueryOptions({
    queryKey: systemKeys.audit(action),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET("/api/v1/auth/audit", { params: { query: { action, cursor: pageParam, limit: 100 } }, signal })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor ?? null,
    placeholderData: keepPreviousData,
  });

/** A change after which a list is read again. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>, key: readonly unknown[]) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSuccess: () => client.invalidateQueries({ queryKey: key }) });
}

export const useChangePassword = () =>
  useChange(
    (body: components["schemas"]["PasswordChange"]) => unwrap(api.POST("/api/v1/auth/password", { body })),
    systemKeys.sessions(),
  );

export const useRevokeSession = () =>
  useChange(
    (id: string) => unwrap(api.DELETE("/api/v1/auth/sessions/{session_id}", { params: { path: { session_id: id } } })),
    systemKeys.sessions(),
  );

export const useCreateApiKey = () =>
  useChange((body: ApiKeyCreate) => unwrap(api.POST("/api/v1/auth/api-keys", { body })), systemKeys.apiKeys());

export const useRevokeApiKey = () =>
  useChange(
    (id: string) => unwrap(api.DELETE("/api/v1/auth/api-keys/{key_id}", { params: { path: { key_id: id } } })),
    systemKeys.apiKeys(),
  );

export const useCreateUser = () =>
  useChange((body: UserCreate) => unwrap(api.POST("/api/v1/auth/users", { body })), systemKeys.users());

export const useUpdateUser = () =>
  useChange(
    ({ id, ...body }: UserUpdate & { id: string }) =>
      unwrap(api.PATCH("/api/v1/auth/users/{user_id}", { params: { path: { user_id: id } }, body })),
    systemKeys.users(),
  );
