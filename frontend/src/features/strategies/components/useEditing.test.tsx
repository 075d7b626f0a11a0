import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { App } from "antd";
import type { ReactNode } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/api/errors";

import type { StrategyDetail } from "../api";
import { readDraft } from "../logic/draft";
import { MAIN, withText, without, type Project } from "../logic/project";
import { useEditing } from "./useEditing";

interface Sent extends Project {
  base_version: number;
  message: string;
}
const server = vi.hoisted(() => ({ save: vi.fn(), sendDraft: vi.fn(), newest: vi.fn() }));
vi.mock("../api", async (original) => ({
  ...(await original<object>()),
  useSaveVersion: () => ({ mutateAsync: server.save }),
  strategyQuery: (id: string) => ({ queryKey: ["s", id], queryFn: server.newest }),
}));
vi.mock("../draftApi", () => ({ fetchDraft: () => Promise.resolve(null), sendDraft: server.sendDraft, forgetDraft: () => Promise.resolve() }));

const FILES = [{ path: "signals/cross.py", text: "cross" }];
const strategy = { id: "s1", version: 1, code: "main", files: FILES } as unknown as StrategyDetail;
const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
const wrapper = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={client}>
    <App>{children}</App>
  </QueryClientProvider>
);
const edit = (start = strategy) => renderHook(() => useEditing(start), { wrapper }).result;
const accept = ({ code, files, base_version }: Sent) => Promise.resolve({ number: base_version + 1, code, files });
/** A draft without its time. */
const kept = () => {
  const draft = readDraft("s1");
  return draft && { base: draft.base, code: draft.code, files: draft.files };
};

// A shared machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  vi.resetAllMocks();
  client.clear();
  server.save.mockImplementation(accept);
  server.sendDraft.mockResolvedValue({ revision: 1 });
});

describe("editing several files", () => {
  it("keeps each key in this browser, in whichever file it was pressed, before the page is drawn anew", () => {
    const control = edit();
    act(() => {
      control.current.type("signals/cross.py", "cross 1");
      control.current.type(MAIN, "main 1");
      control.current.change((now) => withText(now, "new.py", ""));
      control.current.type("signals/cross.py", "cross 12");
      expect(kept()).toEqual({
        base: 1,
        code: "main 1",
        files: [
          { path: "new.py", text: "" },
          { path: "signals/cross.py", text: "cross 12" },
        ],
      });
    });
    expect(edit().current.editing.project).toEqual(control.current.editing.project);
  });

  it("has no draft once everything is as it was saved", () => {
    const control = edit();
    act(() => control.current.change((now) => without(now, ["signals/cross.py"])));
    expect(control.current.dirty).toBe(true);
    expect(kept()?.files).toEqual([]);
    act(() => control.current.change((now) => withText(now, "signals/cross.py", "cross")));
    expect(control.current.dirty).toBe(false);
    expect(kept()).toBeNull();
  });

  it("does not write into a file that is gone", () => {
    const control = edit();
    act(() => control.current.change((now) => without(now, ["signals/cross.py"])));
    act(() => control.current.type("signals/cross.py", "late"));
    expect(control.current.editing.project.files).toEqual([]);
  });

  it("saves all files, also keys pressed in the same moment", async () => {
    const control = edit();
    await act(async () => {
      control.current.type(MAIN, "main 1");
      control.current.type("signals/cross.py", "cross 1");
      await control.current.save("why");
    });
    expect(server.save).toHaveBeenCalledExactlyOnceWith({ code: "main 1", files: [{ path: "signals/cross.py", text: "cross 1" }], base_version: 1, message: "why" });
    expect(control.current.dirty).toBe(false);
    expect(kept()).toBeNull();
  });

  it("keeps what is typed while a save is under way, as a draft of the new version", async () => {
    let answer: () => void = () => undefined;
    server.save.mockImplementationOnce((sent: Sent) => new Promise((resolve) => (answer = () => resolve({ number: 2, code: sent.code, files: sent.files }))));
    const control = edit();
    act(() => control.current.type("signals/cross.py", "a"));
    let saving: Promise<unknown> = Promise.resolve();
    act(() => void (saving = control.current.save()));
    act(() => control.current.type("signals/cross.py", "ab"));
    await act(async () => {
      answer();
      await saving;
    });
    expect(control.current.editing.project.files).toEqual([{ path: "signals/cross.py", text: "ab" }]);
    expect(control.current.dirty).toBe(true);
    expect(kept()).toMatchObject({ base: 2, files: [{ path: "signals/cross.py", text: "ab" }] });
  });

  it("queues a save without a connection, and sends it once there is one", async () => {
    server.save.mockRejectedValueOnce(new ApiError(0, "network", ""));
    const control = edit();
    act(() => control.current.type("signals/cross.py", "a"));
    await act(() => control.current.save());
    expect(control.current.queued).toBe(true);
    await act(() => Promise.resolve(window.dispatchEvent(new Event("online"))));
    await waitFor(() => expect(control.current.queued).toBe(false));
    expect(control.current.editing.base).toMatchObject({ version: 2, files: [{ path: "signals/cross.py", text: "a" }] });
  });

  it("puts both sides' files together after a conflict", async () => {
    server.save.mockRejectedValueOnce(new ApiError(409, "version_conflict", ""));
    const theirs = { version: 5, code: "theirs", files: FILES };
    server.newest.mockResolvedValue(theirs);
    const control = edit();
    act(() => control.current.type("signals/cross.py", "mine"));
    await act(() => control.current.save());
    expect(control.current.editing.save).toMatchObject({ step: "conflict", theirs, mine: { code: "main", files: [{ path: "signals/cross.py", text: "mine" }] } });
    const merged = { code: "theirs", files: [{ path: "signals/cross.py", text: "mine" }] };
    await act(() => control.current.saveMerged(merged));
    expect(server.save).toHaveBeenLastCalledWith(expect.objectContaining({ ...merged, base_version: 5 }));
    expect(control.current.editing).toMatchObject({ project: merged, base: { version: 6 }, save: { step: "idle" } });
  });

  it("restores a version's files on top, after what was unsaved has become a version", async () => {
    const control = edit();
    act(() => control.current.type(MAIN, "unsaved"));
    const old = { code: "old", files: [] };
    await act(() => control.current.restore(1, old));
    expect(server.save.mock.calls.map(([sent]: Sent[]) => [sent?.code, sent?.base_version])).toEqual([
      ["unsaved", 1],
      ["old", 2],
    ]);
    expect(control.current.editing.project).toEqual(old);
    expect(control.current.dirty).toBe(false);
  });
});
