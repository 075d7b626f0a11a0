import { CaretRightOutlined, StopOutlined } from "@ant-design/icons";
import { Alert, Button, Switch } from "antd";

import { explain } from "@/api/errors";
import { MiniReport } from "@/features/backtests/components/MiniReport";
import type { BacktestDraft } from "@/features/backtests/logic/form";
import { formatNumber } from "@/ui/format";
import { Empty, Loading } from "@/ui/state";

import { quickTexts } from "./i18n";
import { MOST_SYMBOLS } from "./request";
import { useQuickChoice } from "./store";
import type { useQuickRun } from "./useQuickRun";
import "./quick.css";

interface QuickPanelProps {
  quick: ReturnType<typeof useQuickRun>;
  draft: BacktestDraft;
  /** What keeps the form from being run. */
  blocked: string | null;
  onRun: () => void;
  onGoTo: (line: number, file?: string) => void;
}

/** Run the code as it stands, and see what it does. */
export default function QuickPanel({ quick, draft, blocked, onRun, onGoTo }: QuickPanelProps) {
  const t = quickTexts.useText();
  const { auto, setAuto } = useQuickChoice();
  const { running, report, before, error, seconds } = quick;
  const { symbols, start, end } = draft;
  const many = symbols.length > 1;

  const body = () => {
    if (report !== null) return <MiniReport report={report} before={before?.metrics ?? null} stale={running || error !== null || blocked !== null} onGoTo={onGoTo} />;
    if (running) return <Loading height={232} />;
    return <Empty title={t("emptyTitle")}>{t("emptyText", { keys: t("keys") })}</Empty>;
  };

  return (
    <div className="quick">
      <div className="quick-bar">
        {running ? (
          <Button size="small" icon={<StopOutlined aria-hidden />} onClick={quick.cancel}>
            {t("cancel")}
          </Button>
        ) : (
          <Button size="small" type="primary" icon={<CaretRightOutlined aria-hidden />} title={t("keys")} onClick={onRun}>
            {t("run")}
          </Button>
        )}
        <label title={t("autoHint")}>
          <Switch size="small" checked={auto} onChange={setAuto} aria-label={t("auto")} /> {t("auto")}
        </label>
        <span className="soft quick-took" role="status">
          {running ? t("running") : seconds === null ? "" : t("took", { seconds: formatNumber(seconds) })}
        </span>
        {symbols.length > 0 && (
          <span className="soft quick-on">
            {t(many ? "onMany" : "on", { symbols: symbols[0] ?? "", count: symbols.length, start, end })}
            {symbols.length > MOST_SYMBOLS && ` · ${t("firstOnly", { count: MOST_SYMBOLS })}`}
          </span>
        )}
      </div>
      {blocked !== null && <Alert banner type="warning" title={blocked} />}
      {error !== null && <Alert banner type="error" title={t("failed")} description={explain(error).message} />}
      {body()}
    </div>
  );
}
