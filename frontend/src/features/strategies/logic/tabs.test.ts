import { describe, expect, it } from "vitest";

import { MAIN } from "./project";
import { closed, followed, opened, present, readTabs, START, stepped, writeTabs, type Tabs } from "./tabs";

const tabs: Tabs = { open: [MAIN, "a.py", "lib/b.py"], active: "a.py" };

describe("the tabs of files", () => {
  it("open a file after the one shown, or go to where it is open", () => {
    expect(opened(tabs, "c.py")).toEqual({ open: [MAIN, "a.py", "c.py", "lib/b.py"], active: "c.py" });
    expect(opened(tabs, "lib/b.py")).toEqual({ open: tabs.open, active: "lib/b.py" });
  });

  it("show the neighbour of one that is closed; the last stays", () => {
    expect(closed(tabs, "a.py")).toEqual({ open: [MAIN, "lib/b.py"], active: "lib/b.py" });
    expect(closed({ ...tabs, active: "lib/b.py" }, "lib/b.py").active).toBe("a.py");
    expect(closed(tabs, MAIN)).toEqual({ open: ["a.py", "lib/b.py"], active: "a.py" });
    expect(closed(START, MAIN)).toBe(START);
  });

  it("go around", () => {
    expect(stepped({ ...tabs, active: "lib/b.py" }, 1).active).toBe(MAIN);
    expect(stepped({ ...tabs, active: MAIN }, -1).active).toBe("lib/b.py");
  });

  it("follow what moves, and leave out what is gone", () => {
    expect(followed({ ...tabs, active: "lib/b.py" }, "lib", "rules").active).toBe("rules/b.py");
    expect(present(tabs, [MAIN, "a.py", "lib/b.py"])).toBe(tabs);
    expect(present(tabs, [MAIN, "lib/b.py"])).toEqual({ open: [MAIN, "lib/b.py"], active: MAIN });
    expect(present({ open: ["a.py"], active: "a.py" }, [MAIN])).toEqual(START);
  });

  it("are there again after a reload, but for files that are gone", () => {
    writeTabs("s1", tabs);
    expect(readTabs("s1", [MAIN, "a.py", "lib/b.py"])).toEqual(tabs);
    expect(readTabs("s1", [MAIN])).toEqual({ open: [MAIN], active: MAIN });
    expect(readTabs("s2", [MAIN])).toEqual(START);
    localStorage.setItem("quantdesk.tabs.s1", '{"open": 5}');
    expect(readTabs("s1", [MAIN])).toEqual(START);
  });
});
