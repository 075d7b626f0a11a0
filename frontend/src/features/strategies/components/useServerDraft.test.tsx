import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/api/errors";

import type { Project } from "../logic/project";
import { useServerDraft } from "./useServerDraft";

const REST_MS = 1500;
const server = vi.hoisted(() => ({ fetchDraft: vi.fn(), sendDraft: vi.fn() }));
vi.mock("../draftApi", () => ({ ...server, forgetDraft: () => Promise.resolve() }));

const project = (code: string): Project => ({ code, files: [] });
const stored = (code: string, revision: number) => ({ code, files: [], revision, base_version: 1, updated_at: "2026-01-02T03:04:05Z" });
const conflict = () => new ApiError(409, "draft_conflict", "the draft was changed on another page");

function drafting(first: string) {
  return renderHook((typed: Project) => useServerDraft("s1", { project: typed, base: 1, dirty: true }), { initialProps: project(first) });
}

const rest = (ms = REST_MS) => act(() => vi.advanceTimersByTimeAsync(ms));

describe("the draft on the server", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    server.fetchDraft.mockReset().mockResolvedValue(null);
    server.sendDraft.mockReset().mockResolvedValue({ revision: 1, base_version: 1, updated_at: "" });
  });
  afterEach(() => vi.useRealTimers());

  it("is not sent before it is known what the server has", async () => {
    let answer: (draft: unknown) => void = () => undefined;
    server.fetchDraft.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    drafting("x = 1");
    await rest(10_000);
    expect(server.sendDraft).not.toHaveBeenCalled();
    answer(null);
    await rest(0);
    await rest();
    expect(server.sendDraft).toHaveBeenCalledOnce();
  });

  it("goes on when the newer one is what this page sent before it was reloaded", async () => {
    server.sendDraft.mockRejectedValueOnce(conflict());
    server.fetchDraft.mockResolvedValueOnce(null).mockResolvedValueOnce(stored("x = 1", 7));
    const { result, rerender } = drafting("x = 1");
    await rest(0);
    rerender(project("x = 12"));
    await rest();
    await rest();
    expect(server.sendDraft).toHaveBeenLastCalledWith("s1", expect.objectContaining({ code: "x = 12", revision: 7 }));
    expect(result.current.state).toBe("kept");
  });

  it("does not take the place of what somebody typed elsewhere", async () => {
    server.sendDraft.mockRejectedValueOnce(conflict());
    server.fetchDraft.mockResolvedValueOnce(null).mockResolvedValueOnce(stored("y = 2", 7));
    const { result } = drafting("x = 1");
    await rest(0);
    await rest();
    await rest(30_000);
    expect(server.sendDraft).toHaveBeenCalledOnce();
    expect(result.current.state).toBe("overtaken");
  });
});
