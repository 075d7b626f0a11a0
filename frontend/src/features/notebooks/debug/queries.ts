import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import type { components } from "@/api/schema.gen";

import type { Kernel } from "../useKernel";
import type { Stopped } from "./logic/session";

export type Scope = components["schemas"]["Scope"];
export type Variable = components["schemas"]["DebugVariable"];
export type Evaluated = components["schemas"]["Evaluated"];

/** A kernel that stands still. What is read there holds until it goes on. */
export interface Standing {
  kernel: Kernel;
  stop: Stopped;
}

export const PAGE = 100;
const KEPT = { staleTime: Infinity, gcTime: 60_000, retry: false } as const;

class NoAnswer extends Error {}

/** All that was read at a stop. */
export const stopKey = ({ kernel, stop }: Standing) => ["debug", kernel.document, stop.cell, stop.number] as const;

export const scopesQuery = (at: Standing, frame: number) =>
  queryOptions({
    ...KEPT,
    queryKey: [...stopKey(at), "scopes", frame] as const,
    queryFn: async (): Promise<Scope[]> => {
      const answer = await at.kernel.ask({ type: "scopes", frame });
      if (answer?.type !== "scope_list") throw new NoAnswer();
      return answer.scopes;
    },
    placeholderData: (before) => before,
  });

/** What a group or a variable holds, a page at a time. */
export const childrenQuery = (at: Standing, reference: number) =>
  infiniteQueryOptions({
    ...KEPT,
    queryKey: [...stopKey(at), "children", reference] as const,
    initialPageParam: 0,
    queryFn: async ({ pageParam }): Promise<Variable[]> => {
      const answer = await at.kernel.ask({ type: "children", reference, start: pageParam, count: PAGE });
      if (answer?.type !== "children_list") throw new NoAnswer();
      return answer.variables;
    },
    getNextPageParam: (last, pages) => (last.length < PAGE ? null : pages.length * PAGE),
    enabled: reference > 0,
    // While the next stop is read the former values stay, so that nothing jumps.
    placeholderData: (before) => before,
  });

export const evaluatedQuery = (at: Standing, frame: number, expression: string) =>
  queryOptions({
    ...KEPT,
    queryKey: [...stopKey(at), "evaluate", frame, expression] as const,
    queryFn: async (): Promise<Evaluated> => {
      const answer = await at.kernel.ask({ type: "evaluate", frame, expression });
      if (answer?.type !== "evaluated") throw new NoAnswer();
      return answer;
    },
    placeholderData: (before) => before,
  });
