import { describe, expect, it } from "vitest";

import type { FileReport } from "../api";
import { rememberedItems, rememberItems, retryItems } from "./remembered";

const report = (change: Partial<FileReport>): FileReport => ({
  name: "a.csv", size: 1, content: "bars", interval: "1d", sha256: null, status: "stored", error: null, rows: 10, accepted: 10, rejected: 0, inserted: 10,
  updated: 0, unchanged: 0, errors: [], warnings: [], warnings_total: 0, symbols: [], first: null, last: null, ...change,
});
const items = ["a", "b", "c"].map((id) => ({ upload_id: id, options: { skip_bad_rows: false } }));

describe("importing again with bad rows skipped", () => {
  it("takes the files that were refused for some of their rows", () => {
    const reports = [
      report({}),
      report({ status: "refused", accepted: 9, rejected: 1 }),
      report({ status: "refused", accepted: 0, rejected: 10 }),
    ];
    expect(retryItems(items, reports)).toEqual([{ upload_id: "b", options: { skip_bad_rows: true } }]);
  });

  it("offers nothing for files not done yet or not known in this tab", () => {
    expect(retryItems(items, [])).toEqual([]);
    expect(rememberedItems("gone")).toEqual([]);
    rememberItems("i1", items);
    expect(rememberedItems("i1")).toEqual(items);
  });
});
