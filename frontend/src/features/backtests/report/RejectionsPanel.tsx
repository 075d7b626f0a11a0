import { Button, Select } from "antd";
import { useMemo, useState } from "react";

import { localText, useLanguage } from "@/app/i18n/local";
import { formatNumber } from "@/ui/format";
import { Empty } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import type { Rejection } from "../api";
import { backtestTexts } from "../i18n";
import { countByRule, keepRejections, wantedOf, type RejectionRule } from "../logic/refusals";
import { reportTexts } from "./i18n";
import "./sections.css";

const TABLE_HEIGHT = 440;
const integer = (value: number) => formatNumber(value, { digits: 0 });

interface RejectionsPanelProps {
  rows: readonly Rejection[];
  id: string;
  onPick: (row: Rejection) => void;
}

/** All refused and cut orders: how many by rule, filtered by rule and stock. */
export function RejectionsPanel({ rows, id, onPick }: RejectionsPanelProps) {
  const t = reportTexts.useText();
  const b = backtestTexts.useText();
  const language = useLanguage();
  const [rule, setRule] = useState<RejectionRule | null>(null);
  const [symbol, setSymbol] = useState<string | null>(null);
  const counts = useMemo(() => countByRule(keepRejections(rows, { rule: null, symbol })), [rows, symbol]);
  const symbols = useMemo(() => [...new Set(rows.map((row) => row.symbol))].sort(), [rows]);
  const shown = useMemo(() => keepRejections(rows, { rule, symbol }), [rows, rule, symbol]);
  const keys = useMemo(() => new Map(rows.map((row, index) => [row, index])), [rows]);
  const columns = useMemo<Column<Rejection>[]>(
    () => [
      { key: "date", title: b("date"), width: "104px", value: (row) => row.date },
      { key: "symbol", title: b("symbol"), width: "108px", value: (row) => row.symbol },
      {
        key: "side",
        title: b("side"),
        width: "72px",
        value: (row) => b(`side.${row.side}`),
        render: (row) => <span className={row.side === "buy" ? "up" : "down"}>{b(`side.${row.side}`)}</span>,
      },
      { key: "rule", title: b("rule"), width: "112px", value: (row) => t(`rule.${row.rule}`) },
      { key: "wanted", title: t("wanted"), numeric: true, width: "96px", from: 760, value: wantedOf, render: (row) => integer(wantedOf(row)) },
      { key: "allowed", title: t("allowed"), numeric: true, width: "96px", from: 760, value: (row) => row.allowed, render: (row) => integer(row.allowed) },
      {
        key: "reason",
        title: b("reason"),
        width: "minmax(240px, 3fr)",
        value: (row) => localText(row, "message", language),
        render: (row) => <span title={localText(row, "message", language)}>{localText(row, "message", language)}</span>,
      },
      { key: "order", title: b("orderNumber"), numeric: true, width: "80px", from: 860, value: (row) => row.order_id },
    ],
    [t, b, language],
  );
  if (rows.length === 0) return <Empty title={b("noRejections")}>{b("noRejectionsText")}</Empty>;
  return (
    <>
      <div className="table-filters">
        <Select
          aria-label={b("chooseSymbol")}
          style={{ width: 168 }}
          showSearch
          value={symbol ?? ""}
          onChange={(chosen) => {
            setSymbol(chosen === "" ? null : chosen);
            setRule(null);
          }}
          options={[{ value: "", label: t("allSymbols") }, ...symbols.map((value) => ({ value, label: value }))]}
        />
        <div className="rule-chips" role="group" aria-label={t("rulesFilter")}>
          <RuleChip name={t("allRules")} count={counts.reduce((sum, { count }) => sum + count, 0)} on={rule === null} onClick={() => setRule(null)} />
          {counts.map((item) => (
            <RuleChip key={item.rule} name={t(`rule.${item.rule}`)} count={item.count} on={rule === item.rule} onClick={() => setRule(rule === item.rule ? null : item.rule)} />
          ))}
        </div>
      </div>
      <p className="table-hint soft">{t("clickRejection")}</p>
      <DataTable
        label={b("rejections")}
        columns={columns}
        rows={shown}
        rowKey={(row) => keys.get(row) ?? -1}
        maxHeight={TABLE_HEIGHT}
        empty={<Empty title={b("noRows")} />}
        exportName={`rejections-${id}`}
        onRowClick={onPick}
      />
    </>
  );
}

function RuleChip({ name, count, on, onClick }: { name: string; count: number; on: boolean; onClick: () => void }) {
  return (
    <Button size="small" aria-pressed={on} type={on ? "primary" : "default"} ghost={on} onClick={onClick}>
      {name} {integer(count)}
    </Button>
  );
}
