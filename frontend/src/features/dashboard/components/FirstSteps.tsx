import { CloseOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { Link } from "react-router";
import { create } from "zustand";
import { persist } from "zustand/middleware";

import { overviewQuery } from "@/features/market/api";

import { latestBacktestsQuery, strategiesQuery } from "../api";
import { dashboardTexts } from "../i18n";
import { Panel } from "./Panel";

interface FirstStepsState {
  hidden: boolean;
  hide: () => void;
}

const useFirstSteps = create<FirstStepsState>()(
  persist((set) => ({ hidden: false, hide: () => set({ hidden: true }) }), { name: "quantdesk.first-steps", version: 1 }),
);

/** The way through the product for a newcomer, until it is put away. */
export function FirstSteps() {
  const { hidden } = useFirstSteps();
  return hidden ? null : <Steps />;
}

function Steps() {
  const t = dashboardTexts.useText();
  const hide = useFirstSteps((state) => state.hide);
  const overview = useQuery(overviewQuery).data;
  const strategy = useQuery(strategiesQuery).data?.at(-1);
  const report = useQuery(latestBacktestsQuery).data?.findLast(({ metrics }) => metrics !== null);
  const stock = overview?.gainers[0] ?? overview?.indices[0];
  const strategyPath = strategy === undefined ? "/strategies" : `/strategies/${strategy.id}`;
  const steps = [
    { title: t("step1"), text: t("step1Text"), path: stock === undefined ? "/market" : `/market/${stock.symbol}` },
    { title: t("step2"), text: t("step2Text"), path: strategyPath },
    { title: t("step3"), text: t("step3Text"), path: `${strategyPath}${stock === undefined ? "" : `?symbols=${stock.symbol}`}` },
    report === undefined
      ? { title: t("step4"), text: t("noReport"), path: "/backtests" }
      : { title: t("step4"), text: t("step4Text"), path: `/backtests/${report.id}` },
  ];
  return (
    <Panel
      title={t("first")}
      note={<span className="dashboard-note soft">{t("firstText")}</span>}
      action={
        <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} onClick={hide} aria-label={t("firstHide")} title={t("firstHide")} />
      }
    >
      <ol className="first-steps">
        {steps.map(({ title, text, path }, index) => (
          <li key={title}>
            <Link to={path}>
              <span className="first-number" aria-hidden="true">
                {index + 1}
              </span>
              <span>
                <strong>{title}</strong>
                <span className="soft">{text}</span>
              </span>
            </Link>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
