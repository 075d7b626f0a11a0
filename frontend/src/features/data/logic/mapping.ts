/** Which column of a file means what: edited by a person, checked before it is sent. */
import type { FileInspection, FileOptions } from "../api";

export const FIELDS = ["symbol", "name", "date", "open", "high", "low", "close", "preclose", "volume", "amount", "trading", "is_st"] as const;
export type Field = (typeof FIELDS)[number];
const REQUIRED: readonly Field[] = ["date", "open", "high", "low", "close", "volume"];

/** Field → column. A column means one thing, and a thing stands in one column. */
export type Mapping = Readonly<Partial<Record<Field, string>>>;

export interface FileEdit {
  content: FileInspection["content"];
  /** No column and no file name gives the symbol. Of a file of bars the mapping tells, for it can be changed. */
  needsSymbol: boolean;
  mapping: Mapping;
  /** The symbol of every row, as typed; empty when a column or the file's name gives it. */
  symbol: string;
  volumeUnit: FileInspection["volume_unit"];
  encoding: string | null;
  delimiter: string | null;
  skipBadRows: boolean;
}

const isField = (text: string): text is Field => (FIELDS as readonly string[]).includes(text);

/** Begin with what the server guessed. */
export function editOf(inspection: FileInspection): FileEdit {
  return {
    content: inspection.content,
    needsSymbol: inspection.missing.includes("symbol"),
    mapping: Object.fromEntries(Object.entries(inspection.mapping).filter(([field]) => isField(field))),
    symbol: inspection.symbol ?? "",
    volumeUnit: inspection.volume_unit,
    encoding: inspection.encoding,
    delimiter: inspection.delimiter,
    skipBadRows: false,
  };
}

/** Say what a column means; null means that it is ignored. Whatever had that meaning before loses it. */
export function assign(mapping: Mapping, column: string, field: Field | null): Mapping {
  const others = Object.entries(mapping).filter(([known, name]) => name !== column && known !== field);
  return Object.fromEntries(field === null ? others : [...others, [field, column]]);
}

export function fieldOf(mapping: Mapping, column: string): Field | null {
  const entry = Object.entries(mapping).find(([, name]) => name === column);
  return entry === undefined ? null : (entry[0] as Field);
}

/** The fields an import cannot do without and that are still open. */
export function missingFields({ content, needsSymbol, mapping, symbol }: Pick<FileEdit, "content" | "needsSymbol" | "mapping" | "symbol">): Field[] {
  if (content === "actions") return needsSymbol && symbol.trim() === "" ? ["symbol"] : [];
  const open = REQUIRED.filter((field) => mapping[field] === undefined);
  return mapping.symbol === undefined && symbol.trim() === "" ? ["symbol", ...open] : open;
}

const ENCODINGS: Record<string, NonNullable<FileOptions["encoding"]>> = { "utf-8": "utf-8", "utf-8-sig": "utf-8", gb18030: "gb18030", gbk: "gb18030", gb2312: "gb18030" };
const DELIMITERS: readonly string[] = [",", "\t", ";", "|"];

/** The options to send. A 通达信 file has a fixed layout and takes no mapping. */
export function optionsOf(edit: FileEdit, { format, symbol }: Pick<FileInspection, "format" | "symbol">): FileOptions {
  const text = format === "csv";
  const typed = edit.symbol.trim();
  return {
    format,
    encoding: text && edit.encoding !== null ? (ENCODINGS[edit.encoding.toLowerCase()] ?? null) : null,
    delimiter: text && edit.delimiter !== null && DELIMITERS.includes(edit.delimiter) ? (edit.delimiter as NonNullable<FileOptions["delimiter"]>) : null,
    mapping: format === "tdx_day" ? null : { ...edit.mapping },
    // What the file's name says needs no saying again, and a code column speaks for itself.
    symbol: typed === "" || typed === symbol || edit.mapping.symbol !== undefined ? null : typed,
    volume_unit: edit.volumeUnit,
    skip_bad_rows: edit.skipBadRows,
  };
}

/** Whether two files have the same columns, so that one mapping serves both. */
export const sameColumns = (a: FileInspection, b: FileInspection): boolean =>
  a.format === b.format && a.columns.length === b.columns.length && a.columns.every(({ name }, index) => name === b.columns[index]?.name);
