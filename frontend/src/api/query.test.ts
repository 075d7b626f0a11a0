import { onlineManager } from "@tanstack/react-query";
import { afterEach, describe, expect, it } from "vitest";

import { queryClient } from "./query";

describe("the query client without a network", () => {
  afterEach(() => onlineManager.setOnline(true));

  it("still asks a server that may be on this machine", async () => {
    onlineManager.setOnline(false);
    expect(await queryClient.query({ queryKey: ["offline"], queryFn: () => Promise.resolve(42) })).toBe(42);
  });

  it("tells at once that a change was not made", async () => {
    onlineManager.setOnline(false);
    const change = queryClient.getMutationCache().build(queryClient, { mutationFn: () => Promise.reject(new Error("no network")) });
    await expect(change.execute(undefined)).rejects.toThrow("no network");
  });
});
