import { PlayCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";

import "@/features/backtests/components/report.css";
import { backtestTexts } from "@/features/backtests/i18n";

import { optimisationTexts } from "../i18n";
import type { Optimisation } from "../api";
import { formatFigure, unitOf } from "../logic/metric";
import { valueText, type Trial } from "../logic/trials";
import type { OpenTrial } from "./useOpenTrial";
import { useFigureNames } from "./useFigureNames";

const FIGURES = ["sharpe", "annual_return", "total_return", "max_drawdown", "volatility", "calmar", "win_rate", "round_trips", "turnover", "total_costs"] as const;

interface TrialCardProps {
  optimisation: Optimisation;
  trial: Trial | null;
  /** It is the best so far. */
  isBest: boolean;
  opener: OpenTrial;
}

function Unit({ metric, value }: { metric: string; value: number | null | undefined }) {
  const t = backtestTexts.useText();
  const unit = unitOf(metric);
  return unit === null || value == null ? null : <span className="metric-unit">{t(`unit.${unit}`, { count: value })}</span>;
}

/** The trial under the finger, or else the best: its parameters, its figures, and the way to its whole report. */
export function TrialCard({ optimisation, trial, isBest, opener }: TrialCardProps) {
  const t = optimisationTexts.useText();
  const figureName = useFigureNames();
  if (trial === null) {
    return (
      <aside className="trial-card" aria-label={t("trialCard")}>
        <h3>{t("best")}</h3>
        <p className="soft">{t("noBestYet")}</p>
      </aside>
    );
  }
  const { metric } = optimisation.objective;
  return (
    <aside className="trial-card" aria-label={t("trialCard")}>
      <h3>
        {isBest ? `★ ${t("best")}` : t("pinnedTrial")} <span className="soft">{t("trialNumber", { number: trial.number })}</span>
      </h3>
      <div className="trial-objective">
        <span className="soft">{figureName(metric)}</span>
        <strong>{formatFigure(metric, trial.objective)}</strong>
      </div>
      <dl className="figure-list">
        {Object.entries(trial.params).map(([name, value]) => (
          <div key={name}>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{valueText(value)}</dd>
          </div>
        ))}
      </dl>
      <dl className="figure-list">
        {FIGURES.filter((name) => name !== metric).map((name) => (
          <div key={name}>
            <dt>{figureName(name)}</dt>
            <dd>
              {formatFigure(name, trial.metrics[name])}
              <Unit metric={name} value={trial.metrics[name]} />
            </dd>
          </div>
        ))}
      </dl>
      <Button icon={<PlayCircleOutlined aria-hidden />} loading={opener.busy} onClick={() => opener.open(trial.number)}>
        {t("openTrial")}
      </Button>
      <p className="soft">{t("openTrialHelp")}</p>
    </aside>
  );
}
