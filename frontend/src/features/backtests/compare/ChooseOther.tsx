import { useInfiniteQuery } from "@tanstack/react-query";
import { Modal, Select } from "antd";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";

import { TYPING_MS, useDebounced } from "@/ui/useDebounced";

import { backtestsQuery, type Backtest } from "../api";
import { compareTexts } from "./i18n";

/** Choose the other backtest to compare with, those of the same strategy first. */
export function ChooseOther({ backtest, onClose }: { backtest: Backtest; onClose: () => void }) {
  const t = compareTexts.useText();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [other, setOther] = useState<string>();
  const q = useDebounced(typed.trim(), TYPING_MS);
  const list = useInfiniteQuery(backtestsQuery({ strategyId: null, q }));
  const options = useMemo(() => {
    const found = (list.data?.pages ?? []).flatMap(({ items }) => items).filter(({ id, metrics }) => id !== backtest.id && metrics !== null);
    const same = (item: Backtest) => Number(item.strategy_id !== backtest.strategy_id);
    return found.toSorted((left, right) => same(left) - same(right)).map(({ id, name, strategy_name, version, spec }) => ({
      value: id,
      label: `${name} · ${strategy_name} v${version} · ${spec.start} – ${spec.end}`,
    }));
  }, [list.data, backtest]);
  return (
    <Modal
      open
      title={t("choose")}
      okText={t("open")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: other === undefined }}
      onCancel={onClose}
      onOk={() => {
        if (other !== undefined) void navigate(`/backtests/compare?a=${backtest.id}&b=${other}`);
      }}
    >
      <Select
        aria-label={t("choose")}
        style={{ width: "100%" }}
        showSearch={{ filterOption: false, onSearch: setTyped }}
        loading={list.isFetching}
        value={other}
        onChange={setOther}
        options={options}
        notFoundContent={t("noOther")}
      />
      <p className="soft">{t("chooseHelp")}</p>
    </Modal>
  );
}
