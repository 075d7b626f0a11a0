import { describe, expect, it } from "vitest";

import type { FileInspection } from "../api";
import { assign, editOf, fieldOf, missingFields, optionsOf, sameColumns } from "./mapping";

const column = (name: string): FileInspection["columns"][number] => ({
  name, type: "number", samples: [], field: null, confidence: 0, why_zh: "", why_en: "",
});
const inspection = (change: Partial<FileInspection> = {}): FileInspection => ({
  name: "a.csv", size: 10, format: "csv", content: "bars", interval: "1d", layout: "generic", encoding: "gb18030", delimiter: ",", rows: null,
  columns: ["日期", "开", "高", "低", "收", "量"].map(column),
  mapping: { date: "日期", open: "开", high: "高", low: "低", close: "收", volume: "量" },
  missing: ["symbol"], symbol: null, volume_unit: "share", volume_unit_why_zh: "", volume_unit_why_en: "", head: [], ...change,
});

describe("mapping of columns", () => {
  it("begins with the guess and names what is open", () => {
    const edit = editOf(inspection());
    expect(fieldOf(edit.mapping, "收")).toBe("close");
    expect(missingFields(edit)).toEqual(["symbol"]);
    expect(missingFields({ ...edit, symbol: "600519.SH" })).toEqual([]);
  });

  it("lets a column mean one thing and a thing stand in one column", () => {
    const { mapping } = editOf(inspection());
    const swapped = assign(mapping, "高", "open");
    expect(fieldOf(swapped, "高")).toBe("open");
    expect(fieldOf(swapped, "开")).toBeNull();
    expect(missingFields({ ...editOf(inspection()), mapping: swapped, symbol: "600519.SH" })).toEqual(["high"]);
    expect(fieldOf(assign(mapping, "量", null), "量")).toBeNull();
  });

  it("asks of a file of corporate actions for nothing but a symbol that it does not tell", () => {
    const actions = (change: Partial<FileInspection>) => editOf(inspection({ content: "actions", mapping: {}, ...change }));
    expect(missingFields(actions({ missing: [] }))).toEqual([]);
    expect(missingFields(actions({ missing: ["symbol"] }))).toEqual(["symbol"]);
    expect(missingFields({ ...actions({ missing: ["symbol"] }), symbol: "600519.SH" })).toEqual([]);
    expect(optionsOf(actions({ missing: [] }), inspection()).mapping).toEqual({});
  });

  it("does not change the mapping it was given", () => {
    const { mapping } = editOf(inspection());
    assign(mapping, "高", null);
    expect(mapping.high).toBe("高");
  });

  it("sends the symbol only when nothing else gives it", () => {
    const edit = { ...editOf(inspection()), symbol: " 600519.SH " };
    expect(optionsOf(edit, inspection()).symbol).toBe("600519.SH");
    expect(optionsOf(edit, inspection({ symbol: "600519.SH" })).symbol).toBeNull();
    expect(optionsOf({ ...edit, mapping: assign(edit.mapping, "开", "symbol") }, inspection()).symbol).toBeNull();
  });

  it("sends no mapping and no text options for a file of fixed layout", () => {
    const tdx = inspection({ format: "tdx_day", encoding: null, delimiter: null });
    expect(optionsOf(editOf(tdx), tdx)).toMatchObject({ mapping: null, encoding: null, delimiter: null });
  });

  it("serves another file only when its columns are the same", () => {
    expect(sameColumns(inspection(), inspection({ name: "b.csv" }))).toBe(true);
    expect(sameColumns(inspection(), inspection({ columns: [column("日期")] }))).toBe(false);
  });
});
