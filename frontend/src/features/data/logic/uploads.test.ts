import { describe, expect, it } from "vitest";

import type { Upload } from "../api";
import { importItems, twins, uploads, type UploadEvent, type WizardFile } from "./uploads";

const FIELDS = { date: "d", open: "o", high: "h", low: "l", close: "c", volume: "v" };
const upload = (id: string, symbol: string | null = "600519.SH"): Upload => ({
  id, name: `${id}.csv`, size: 1, problem: null,
  inspection: {
    name: `${id}.csv`, size: 1, format: "csv", content: "bars", interval: "1d", layout: "generic", encoding: "utf-8", delimiter: ",", rows: null,
    columns: Object.values(FIELDS).map((name) => ({ name, type: "text", samples: [], field: null, confidence: 1, why_zh: "", why_en: "" })),
    mapping: FIELDS, missing: [], symbol, volume_unit: "share", volume_unit_why_zh: "", volume_unit_why_en: "", head: [],
  },
});
const refused: Upload = { id: "x", name: "x.csv", size: 0, inspection: null, problem: { code: "file_empty", message_zh: "空", message_en: "empty" } };
const play = (events: UploadEvent[]): readonly WizardFile[] => events.reduce<readonly WizardFile[]>(uploads, []);
const added: UploadEvent = { type: "added", files: [1, 2, 3].map((key) => ({ key, name: `${key}.csv`, size: 1 })) };

describe("files of the import wizard", () => {
  it("imports only what has arrived, can be used and is complete", () => {
    const files = play([
      added,
      { type: "sent", key: 1, upload: upload("a") },
      { type: "sent", key: 2, upload: upload("b", null) },
      { type: "sent", key: 3, upload: refused },
    ]);
    expect(importItems(files).map((item) => item.upload_id)).toEqual(["a"]);
    expect(files[2]?.state.step).toBe("refused");
  });

  it("ignores progress that comes after the answer", () => {
    const files = play([added, { type: "sent", key: 1, upload: upload("a") }, { type: "progressed", key: 1, fraction: 0.5 }]);
    expect(files[0]?.state.step).toBe("ready");
  });

  it("spreads a mapping to files with the same columns, and keeps their symbols", () => {
    const start = play([added, { type: "sent", key: 1, upload: upload("a") }, { type: "sent", key: 2, upload: upload("b", "000001.SZ") }]);
    const first = start[0]?.state;
    if (first?.step !== "ready") throw new Error("not ready");
    const files = [
      { type: "edited", key: 1, edit: { ...first.edit, volumeUnit: "lot", skipBadRows: true } },
      { type: "spread", key: 1 },
    ] satisfies UploadEvent[];
    const [, second] = files.reduce(uploads, start);
    expect(twins(start, 1)).toBe(1);
    expect(second?.state).toMatchObject({ edit: { volumeUnit: "lot", skipBadRows: true, symbol: "000001.SZ" } });
  });

  it("keeps the wish to skip bad rows when a file is looked at again", () => {
    const start = play([added, { type: "sent", key: 1, upload: upload("a") }]);
    const state = start[0]?.state;
    if (state?.step !== "ready") throw new Error("not ready");
    const after = uploads(uploads(start, { type: "edited", key: 1, edit: { ...state.edit, skipBadRows: true } }), { type: "inspected", key: 1, upload: upload("a") });
    expect(after[0]?.state).toMatchObject({ step: "ready", inspecting: false, edit: { skipBadRows: true } });
  });
});
