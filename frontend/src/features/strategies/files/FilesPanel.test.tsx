import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "antd";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { EditingControl } from "../components/useEditing";
import { startEditing } from "../logic/editing";
import { MAIN, pathsOf, type Project } from "../logic/project";
import { FilesPanel } from "./FilesPanel";
import { FileTabs } from "./FileTabs";
import { useFiles } from "./useFiles";

const START: Project = {
  code: "main",
  files: [
    { path: "README.md", text: "read" },
    { path: "signals/cross.py", text: "cross" },
    { path: "signals/wave.py", text: "wave" },
  ],
};
let project: Project;

function Panel({ start = START, file = null }: { start?: Project; file?: string | null }) {
  const [editing, setEditing] = useState(() => startEditing({ version: 1, ...start }));
  const change: EditingControl["change"] = (make) => setEditing((now) => ({ ...now, project: make(now.project) }));
  // eslint-disable-next-line react-hooks/globals
  project = editing.project;
  const files = useFiles("s1", { editing, change } as EditingControl, { line: null, file });
  return (
    <>
      <FilesPanel files={files} counts={new Map([["signals/cross.py", { errors: 2, warnings: 1 }]])} />
      <FileTabs files={files} />
    </>
  );
}
const show = (props: Parameters<typeof Panel>[0] = {}) =>
  render(
    <App>
      <Panel {...props} />
    </App>,
  );
const rows = () => screen.getAllByRole("treeitem").map((row) => row.getAttribute("title"));
const row = (path: string) => screen.getAllByRole("treeitem").find((each) => each.getAttribute("title") === path) ?? document.body;
const tabs = () => screen.getAllByRole("tab").map((tab) => tab.getAttribute("title"));
const active = () => screen.getByRole("tab", { selected: true }).getAttribute("title");

// A shared machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

beforeEach(() => {
  Element.prototype.scrollIntoView = () => undefined;
});

describe("the tree of files", () => {
  it("has the main file first; a click opens a file, another row takes part in a folder", async () => {
    show();
    expect(rows()).toEqual([MAIN, "signals", "signals/cross.py", "signals/wave.py", "README.md"]);
    expect(row("signals/cross.py").getAttribute("aria-level")).toBe("2");
    await userEvent.click(row("signals/wave.py"));
    expect(tabs()).toEqual([MAIN, "signals/wave.py"]);
    expect(active()).toBe("signals/wave.py");
    await userEvent.click(row("signals"));
    expect(rows()).toEqual([MAIN, "signals", "README.md"]);
    expect(row("signals").getAttribute("aria-expanded")).toBe("false");
  });

  it("counts problems, and a closed folder those of all in it", async () => {
    show();
    expect(within(row("signals/cross.py")).getByText("2 个错误，1 个提醒")).toBeTruthy();
    expect(within(row("signals")).queryByText(/个错误/)).toBeNull();
    await userEvent.click(row("signals"));
    expect(within(row("signals")).getByText("2 个错误，1 个提醒")).toBeTruthy();
  });

  it("makes a file beside the row that has the focus, and opens it", async () => {
    show();
    await userEvent.click(row("signals/cross.py"));
    await userEvent.click(screen.getByRole("button", { name: "新建文件" }));
    await userEvent.keyboard("deep/rsi{Enter}");
    expect(pathsOf(project)).toContain("signals/deep/rsi.py");
    expect(active()).toBe("signals/deep/rsi.py");
    expect(within(row("signals/deep/rsi.py")).getByText("新文件，未保存")).toBeTruthy();
  });

  it("begins a folder with its first file", async () => {
    show();
    await userEvent.click(screen.getByRole("button", { name: "新建文件夹" }));
    await userEvent.keyboard("risk{Enter}");
    expect(rows()).toContain("risk");
    expect(pathsOf(project)).toEqual(pathsOf(START));
    await userEvent.keyboard("sizing.py{Enter}");
    expect(pathsOf(project)).toContain("risk/sizing.py");
  });

  it("says why a name cannot be, and makes nothing of it", async () => {
    show();
    await userEvent.click(screen.getByRole("button", { name: "新建文件" }));
    await userEvent.keyboard("json");
    expect(screen.getByRole("alert").textContent).toContain("挡住");
    await userEvent.keyboard("{Enter}");
    expect(screen.getByRole("textbox")).toBeTruthy();
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(pathsOf(project)).toEqual(pathsOf(START));
  });

  it("moves a whole folder by F2, and its open file with it", async () => {
    show({ file: "signals/wave.py" });
    row("signals").focus();
    await userEvent.keyboard("{F2}");
    await userEvent.keyboard("lib/rules{Enter}");
    expect(pathsOf(project)).toEqual([MAIN, "README.md", "lib/rules/cross.py", "lib/rules/wave.py"]);
    expect(active()).toBe("lib/rules/wave.py");
    expect(document.activeElement).toBe(row("lib/rules"));
  });

  it("deletes by key and gives back at a click, with its place and tab", async () => {
    show({ file: "signals/wave.py" });
    row("signals").focus();
    await userEvent.keyboard("{Delete}");
    expect(pathsOf(project)).toEqual([MAIN, "README.md"]);
    expect(screen.getByText(/有删除的文件未保存/)).toBeTruthy();
    await userEvent.click(await screen.findByRole("button", { name: /撤\s?销/ }));
    await waitFor(() => expect(project).toEqual(START));
    expect(active()).toBe("signals/wave.py");
  });

  it("leaves the main file its name and place", async () => {
    show();
    row(MAIN).focus();
    await userEvent.keyboard("{F2}");
    expect(screen.queryByRole("textbox")).toBeNull();
    await userEvent.keyboard("{Delete}");
    expect(project).toEqual(START);
  });

  it("is walked by the arrow keys, and Enter opens", async () => {
    show();
    row(MAIN).focus();
    await userEvent.keyboard("{ArrowDown}{ArrowRight}");
    expect(document.activeElement).toBe(row("signals/cross.py"));
    await userEvent.keyboard("{Enter}");
    expect(active()).toBe("signals/cross.py");
    await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(row("signals").getAttribute("aria-expanded")).toBe("false");
    expect(screen.getAllByRole("treeitem").filter((each) => each.tabIndex === 0)).toHaveLength(1);
  });
});

describe("the tabs of files", () => {
  it("are left out for a single file", () => {
    show({ start: { code: "", files: [] } });
    expect(screen.queryByRole("tablist")).toBeNull();
  });

  it("close by their button and by the middle button of the mouse; the last one stays", async () => {
    show({ file: "signals/wave.py" });
    await userEvent.click(row("README.md"));
    expect(tabs()).toEqual([MAIN, "signals/wave.py", "README.md"]);
    await userEvent.click(screen.getByRole("button", { name: "关闭 wave.py" }));
    expect(tabs()).toEqual([MAIN, "README.md"]);
    await userEvent.pointer({ keys: "[MouseMiddle]", target: screen.getByRole("tab", { name: "README.md" }) });
    expect(tabs()).toEqual([MAIN]);
    expect(screen.queryByRole("button", { name: /^关闭/ })).toBeNull();
  });

  it("begin with the file of the address, and with what was open before", () => {
    const { unmount } = show({ file: "signals/wave.py" });
    expect(active()).toBe("signals/wave.py");
    unmount();
    show();
    expect(tabs()).toEqual([MAIN, "signals/wave.py"]);
    unmount();
  });
});
