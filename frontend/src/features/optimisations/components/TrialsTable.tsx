import { Segmented } from "antd";
import { useMemo, useState } from "react";

import { localText, useLanguage } from "@/app/i18n/local";
import { DataTable, type Column } from "@/ui/table";

import type { Optimisation, TrialTable } from "../api";
import { optimisationTexts } from "../i18n";
import { formatFigure } from "../logic/metric";
import { valueText, type Trial } from "../logic/trials";
import { useFigureNames } from "./useFigureNames";

const FIGURES = ["sharpe", "annual_return", "max_drawdown", "volatility", "calmar", "round_trips", "win_rate", "turnover"] as const;
/** Figures left out of a narrow table, by its width in pixels. */
const FROM: Partial<Record<(typeof FIGURES)[number], number>> = { volatility: 1080, calmar: 1180, win_rate: 1320, turnover: 1420 };

/** Pixels of a parameter's column. */
const PARAM_WIDTH = 100;
/** Each parameter beyond two takes room from the figures. */
const fromWidth = (metric: (typeof FIGURES)[number], params: number): { from?: number } =>
  FROM[metric] === undefined ? {} : { from: FROM[metric] + Math.max(0, params - 2) * PARAM_WIDTH };

interface TrialsTableProps {
  optimisation: Optimisation;
  trials: readonly Trial[];
  errors: TrialTable["errors"];
  selected: number | null;
  onPin: (trial: Trial) => void;
}

/** Every trial that has ended, with its figures or why it failed. */
export function TrialsTable({ optimisation, trials, errors, selected, onPin }: TrialsTableProps) {
  const t = optimisationTexts.useText();
  const language = useLanguage();
  const figureName = useFigureNames();
  const [onlyFailed, setOnlyFailed] = useState(false);
  const { objective, ranges } = optimisation;
  const ended = useMemo(() => trials.filter(({ state }) => state !== "queued"), [trials]);
  const failed = useMemo(() => ended.filter(({ state }) => state === "failed"), [ended]);
  const columns = useMemo<Column<Trial>[]>(() => {
    const reasons = new Map(errors.map((error) => [error.code, localText(error, "message", language)]));
    const own = errors.reduce((known, error) => known.set(error.number, localText(error, "message", language)), new Map<number, string>());
    const reason = (trial: Trial) => own.get(trial.number) ?? reasons.get(trial.errorCode ?? "") ?? trial.errorCode;
    const outcome = (trial: Trial) => {
      if (trial.state === "failed") return `${t("trialFailed")}: ${reason(trial) ?? ""}`;
      return trial.objective === null ? t("trialNotCounted") : t("trialCounted");
    };
    return [
      { key: "number", title: "#", numeric: true, width: "60px", value: (row) => row.number },
      ...Object.entries(ranges).map(([name, range]): Column<Trial> => ({ key: `params.${name}`, title: name, numeric: range.kind !== "choice", value: (row) => row.params[name], render: (row) => valueText(row.params[name]) })),
      { key: "objective", title: `${t("objective")} · ${figureName(objective.metric)}`, numeric: true, width: "minmax(112px, 1fr)", value: (row) => row.objective, render: (row) => formatFigure(objective.metric, row.objective) },
      ...FIGURES.filter((metric) => metric !== objective.metric).map((metric): Column<Trial> => ({
        key: metric,
        title: figureName(metric),
        numeric: true,
        ...fromWidth(metric, Object.keys(ranges).length),
        value: (row) => row.metrics[metric],
        render: (row) => formatFigure(metric, row.metrics[metric]),
      })),
      {
        key: "outcome",
        title: t("outcome"),
        width: "minmax(88px, 1fr)",
        value: outcome,
        render: (row) => (
          <span className={row.state === "failed" ? "danger" : "soft"} title={outcome(row)}>
            {outcome(row)}
          </span>
        ),
      },
    ];
  }, [ranges, objective.metric, errors, language, figureName, t]);
  return (
    <>
      {failed.length > 0 && (
        <div className="table-filters">
          <Segmented<boolean>
            size="small"
            value={onlyFailed}
            onChange={setOnlyFailed}
            options={[
              { value: false, label: t("allTrials", { count: ended.length }) },
              { value: true, label: t("failedTrials", { count: failed.length }) },
            ]}
          />
        </div>
      )}
      <DataTable
        label={t("trialsTable")}
        columns={columns}
        rows={onlyFailed && failed.length > 0 ? failed : ended}
        rowKey={(row) => row.number}
        selected={selected}
        onRowClick={onPin}
        maxHeight={420}
        exportName={`trials-${optimisation.id}`}
        initialSort={{ key: "objective", descending: true }}
        empty={<p className="soft table-empty">{t("noTrialsYet")}</p>}
      />
    </>
  );
}
