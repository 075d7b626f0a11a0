import { CheckCircleFilled, ClockCircleOutlined, CloseCircleFilled, QuestionCircleOutlined, SyncOutlined, WarningFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Alert, Button } from "antd";
import type { ReactNode } from "react";

import { explain } from "@/api/errors";
import { useLanguage } from "@/app/i18n/local";

import { lookaheadQuery, useCheckLookahead, type Backtest, type LookaheadCheck } from "../api";
import { reportTexts } from "./i18n";
import "./sections.css";

type State = LookaheadCheck["state"];

/** More than these say no more. */
const MOST = 8;

const LOOKS: Record<State, { icon: ReactNode; tone: "good" | "warning" | "danger" | "plain" }> = {
  unchecked: { icon: <QuestionCircleOutlined aria-hidden />, tone: "plain" },
  queued: { icon: <ClockCircleOutlined aria-hidden />, tone: "plain" },
  running: { icon: <SyncOutlined aria-hidden />, tone: "plain" },
  clean: { icon: <CheckCircleFilled aria-hidden />, tone: "good" },
  look_ahead: { icon: <CloseCircleFilled aria-hidden />, tone: "danger" },
  not_testable: { icon: <WarningFilled aria-hidden />, tone: "warning" },
  failed: { icon: <WarningFilled aria-hidden />, tone: "warning" },
  cancelled: { icon: <QuestionCircleOutlined aria-hidden />, tone: "plain" },
};

/** Whether the strategy's version decides by data of later days: the last check, and a button for another. */
export function LookaheadBlock({ backtest }: { backtest: Backtest }) {
  const t = reportTexts.useText();
  const language = useLanguage();
  const { data: check } = useQuery(lookaheadQuery(backtest.strategy_id, backtest.version));
  const start = useCheckLookahead(backtest);
  if (check === null || check === undefined) return null;
  const { icon, tone } = LOOKS[check.state];
  const busy = check.state === "queued" || check.state === "running" || start.isPending;
  return (
    <div className="report-block">
      <h3>{t("lookahead")}</h3>
      <p>
        <span className="verdict" data-tone={tone}>
          {icon} {t(`lookahead.${check.state}`)}
        </span>{" "}
        {check.words[language]}
      </p>
      {check.differences.length > 0 && (
        <ul className="verdict-list">
          {check.differences.slice(0, MOST).map(({ words }, index) => (
            <li key={index}>{words[language]}</li>
          ))}
        </ul>
      )}
      {check.hints.map(({ line, source, words }) => (
        <p key={line}>
          {t("lookaheadLine", { line })} <code>{source}</code> {words[language]}
        </p>
      ))}
      {start.error !== null && <Alert type="error" showIcon title={explain(start.error).message} />}
      <div>
        <Button size="small" loading={busy} onClick={() => start.mutate()}>
          {t(check.state === "unchecked" ? "lookaheadRun" : "lookaheadAgain")}
        </Button>{" "}
        <span className="soft">{t("lookaheadHow")}</span>
      </div>
    </div>
  );
}
