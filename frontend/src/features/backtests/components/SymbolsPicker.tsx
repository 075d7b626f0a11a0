import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useEffect, useState, type ClipboardEvent } from "react";

import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { instrumentsQuery, type Instrument, type InstrumentKind } from "../api";
import { backtestTexts } from "../i18n";
import { useRecent } from "../logic/recent";
import { parseSymbols } from "../logic/symbols";
import { Field } from "./Field";

const STOCKS: readonly InstrumentKind[] = ["stock", "etf", "fund"];
const INDICES: readonly InstrumentKind[] = ["index", "etf", "stock"];

interface Option {
  value: string;
  label: string;
  instrument?: Instrument;
}

function OptionRow({ option }: { option: Option }) {
  const t = backtestTexts.useText();
  const { instrument } = option;
  const note = instrument === undefined ? null : instrument.simulated ? t("simulated") : instrument.stored ? null : t("notStored");
  return (
    <span className="symbol-option">
      <span>{option.value}</span>
      <span>{instrument?.name ?? option.label.slice(option.value.length).trim()}</span>
      <span className="soft">{note}</span>
    </span>
  );
}

/** Search instruments as one types; with nothing typed, those used lately. */
function useOptions(typed: string, kinds: readonly InstrumentKind[], searchEmpty: boolean) {
  const t = backtestTexts.useText();
  const q = useDebounced(typed.trim(), TYPING_MS);
  const recent = useRecent((state) => state.symbols);
  const names = useRecent((state) => state.names);
  const learn = useRecent((state) => state.learn);
  const wanted = q !== "" || searchEmpty;
  const search = useQuery({ ...instrumentsQuery(q, kinds), enabled: wanted });
  const items = wanted ? search.data?.items : undefined;

  useEffect(() => {
    if (items !== undefined) learn(Object.fromEntries(items.map(({ symbol, name }) => [symbol, name])));
  }, [items, learn]);

  const label = (symbol: string) => (names[symbol] === undefined ? symbol : `${symbol} ${names[symbol]}`);
  const found: Option[] = (items ?? []).map((instrument) => ({
    value: instrument.symbol,
    label: `${instrument.symbol} ${instrument.name}`,
    instrument,
  }));
  const options =
    q === "" && !searchEmpty
      ? [{ label: t("recent"), title: t("recent"), options: recent.map((value): Option => ({ value, label: label(value) })) }].filter(
          (group) => group.options.length > 0,
        )
      : found;
  return { options, label, searching: search.isFetching, failed: search.isError };
}

interface SymbolsPickerProps {
  value: readonly string[];
  onChange: (symbols: string[]) => void;
  fault?: string | undefined;
}

/** Choose the stocks of a run: search, pick again what was used, or paste a list. */
export function SymbolsPicker({ value, onChange, fault }: SymbolsPickerProps) {
  const t = backtestTexts.useText();
  const [typed, setTyped] = useState("");
  const [pasted, setPasted] = useState<{ unknown: string[]; repeated: number } | null>(null);
  const { options, label, searching } = useOptions(typed, STOCKS, false);
  const chosen = value.map((symbol) => ({ value: symbol, label: label(symbol) }));

  const onPaste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text");
    const { symbols, unknown, repeated } = parseSymbols(text);
    // One code is a search like any other; a list, or a code with its exchange, is taken as it stands.
    if (symbols.length < 2 && !/\.[A-Z]+\s*$/i.test(text)) return;
    event.preventDefault();
    const fresh = symbols.filter((symbol) => !value.includes(symbol));
    setPasted({ unknown, repeated: repeated + symbols.length - fresh.length });
    onChange([...value, ...fresh]);
    setTyped("");
  };

  const notes = [
    pasted !== null && pasted.unknown.length > 0 ? t("symbolsUnread", { words: pasted.unknown.slice(0, 8).join(" ") }) : null,
    pasted !== null && pasted.repeated > 0 ? t("symbolsRepeated", { count: pasted.repeated }) : null,
  ].filter((note) => note !== null);

  return (
    <Field
      label={t("symbols")}
      fault={fault}
      help={notes.length > 0 ? notes.join(" · ") : t("symbolsHelp")}
      extra={
        value.length > 1 && (
          <>
            <span className="soft">{t("symbolsCount", { count: value.length })}</span>
            <Button size="small" type="link" onClick={() => onChange([])}>
              {t("clear")}
            </Button>
          </>
        )
      }
    >
      {(props) => (
        <div onPaste={onPaste}>
          <Select<{ value: string; label: string }[], Option>
            {...props}
            mode="multiple"
            labelInValue
            style={{ width: "100%" }}
            placeholder={t("symbolsPlaceholder")}
            value={chosen}
            options={options as Option[]}
            showSearch={{ filterOption: false, searchValue: typed, onSearch: setTyped, autoClearSearchValue: true }}
            onChange={(items) => {
              setPasted(null);
              onChange(items.map((item) => item.value));
            }}
            maxTagCount={8}
            notFoundContent={typed === "" ? null : t(searching ? "searching" : "noMatch")}
            optionRender={({ data }) => <OptionRow option={data} />}
          />
        </div>
      )}
    </Field>
  );
}

interface BenchmarkPickerProps {
  value: string | null;
  onChange: (symbol: string | null) => void;
  fault?: string | undefined;
}

/** Choose what the run is measured against. */
export function BenchmarkPicker({ value, onChange, fault }: BenchmarkPickerProps) {
  const t = backtestTexts.useText();
  const [typed, setTyped] = useState("");
  const { options, label, searching } = useOptions(typed, typed === "" ? ["index"] : INDICES, true);
  return (
    <Field label={t("benchmark")} fault={fault}>
      {(props) => (
        <Select<{ value: string; label: string } | null, Option>
          {...props}
          labelInValue
          allowClear
          style={{ width: "100%" }}
          placeholder={t("benchmarkNone")}
          value={value === null ? null : { value, label: label(value) }}
          options={options as Option[]}
          showSearch={{ filterOption: false, searchValue: typed, onSearch: setTyped }}
          onChange={(item) => {
            setTyped("");
            onChange((item as { value: string } | null | undefined)?.value ?? null);
          }}
          notFoundContent={t(searching ? "searching" : "noMatch")}
          optionRender={({ data }) => <OptionRow option={data} />}
        />
      )}
    </Field>
  );
}
