import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, type ReactNode } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { Change, formatNumber, formatPercent, formatTick } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";
import { DataTable, type Column } from "@/ui/table";

import { walkForwardQuery, type Optimisation, type WalkForwardResult } from "../api";
import { optimisationTexts } from "../i18n";
import { formatFigure } from "../logic/metric";
import { timeline } from "../logic/timeline";
import { paramsText } from "../logic/trials";

type Fold = WalkForwardResult["folds"][number];
type OutOfSample = NonNullable<WalkForwardResult["out_of_sample"]>;
const WHILE_RUNNING_MS = 4_000;

/** Search on past days, test on the days after, again and again: what the search would have earned. */
export function WalkForwardPanel({ optimisation, running }: { optimisation: Optimisation; running: boolean }) {
  const t = optimisationTexts.useText();
  const language = useLanguage();
  const { id, objective } = optimisation;
  const walk = useQuery({ ...walkForwardQuery(id), refetchInterval: running ? WHILE_RUNNING_MS : false });
  const columns = useMemo<Column<Fold>[]>(
    () => [
      { key: "number", title: t("fold"), numeric: true, width: "56px", value: (row) => row.number },
      { key: "train", title: t("train"), width: "184px", from: 720, value: (row) => row.train_start, render: (row) => `${row.train_start} – ${row.train_end}` },
      { key: "test", title: t("test"), width: "184px", value: (row) => row.test_start, render: (row) => `${row.test_start} – ${row.test_end}` },
      { key: "params", title: t("chosenParams"), width: "minmax(140px, 2fr)", value: (row) => (row.params === null ? null : paramsText(row.params)) },
      { key: "in", title: t("inSample"), numeric: true, value: (row) => row.in_sample, render: (row) => formatFigure(objective.metric, row.in_sample) },
      { key: "out", title: t("outOfSample"), numeric: true, value: (row) => row.out_of_sample, render: (row) => formatFigure(objective.metric, row.out_of_sample) },
      { key: "state", title: t("outcome"), width: "88px", value: (row) => t(`foldState.${row.state}`), render: (row) => <span className={row.state === "failed" ? "danger" : "soft"}>{t(`foldState.${row.state}`)}</span> },
    ],
    [objective.metric, t],
  );
  if (walk.data === undefined) {
    return <div className="panel-body">{walk.isError ? <ErrorPanel title={t("walkError")} error={walk.error} onRetry={() => void walk.refetch()} /> : <Loading height={320} />}</div>;
  }
  const { folds, out_of_sample: outcome, efficiency, words } = walk.data;
  const facts: [string, ReactNode][] = [
    [t("efficiency"), formatPercent(efficiency, { digits: 0 })],
    [t("outOfSampleReturn"), <Change key="return" value={outcome?.annual_return} />],
    [t("outOfSampleSharpe"), formatNumber(outcome?.sharpe)],
    [t("outOfSampleDrawdown"), formatPercent(outcome?.max_drawdown)],
  ];
  return (
    <div className="panel-body walk">
      <p>{words?.[language] ?? t(running ? "walkRunning" : "walkUnfinished")}</p>
      <dl className="key-figures">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Folds folds={folds} />
      {outcome !== null && <OutOfSampleChart outcome={outcome} id={id} />}
      <DataTable label={t("folds")} columns={columns} rows={folds} rowKey={(row) => row.number} maxHeight={360} exportName={`folds-${id}`} />
    </div>
  );
}

function Folds({ folds }: { folds: readonly Fold[] }) {
  const t = optimisationTexts.useText();
  const bars = useMemo(() => timeline(folds), [folds]);
  const first = folds[0];
  const last = folds.at(-1);
  if (first === undefined || last === undefined) return null;
  return (
    <figure className="fold-lines" role="img" aria-label={t("foldsChart", { count: folds.length, from: first.train_start, to: last.test_end })}>
      {bars.map(({ number, train, test }, at) => (
        <div key={number} className="fold-line" data-state={folds[at]?.state}>
          <span className="soft">{number}</span>
          <div>
            <i className="fold-train" style={{ left: `${train.left}%`, width: `${train.width}%` }} title={`${t("train")} ${folds[at]?.train_start} – ${folds[at]?.train_end}`} />
            <i className="fold-test" style={{ left: `${test.left}%`, width: `${test.width}%` }} title={`${t("test")} ${folds[at]?.test_start} – ${folds[at]?.test_end}`} />
          </div>
        </div>
      ))}
      <figcaption className="fold-ends soft">
        <span>{first.train_start}</span>
        <span>
          <i className="fold-train" /> {t("train")} <i className="fold-test" /> {t("test")}
        </span>
        <span>{last.test_end}</span>
      </figcaption>
    </figure>
  );
}

function OutOfSampleChart({ outcome, id }: { outcome: OutOfSample; id: string }) {
  const t = optimisationTexts.useText();
  const language = useLanguage();
  const { date, equity } = outcome;
  const option = useCallback(
    (theme: Theme) => ({
      grid: { left: 8, right: 64, top: 12, bottom: 24 },
      tooltip: { valueFormatter: (value: unknown) => formatNumber(value as number) },
      xAxis: dateAxis(theme, date),
      yAxis: valueAxis(theme, (value) => formatTick(value, language)),
      dataZoom: [{ type: "inside" }],
      series: [{ type: "line", name: t("outOfSampleEquity"), data: equity, showSymbol: false, lineStyle: { width: 1.5 }, color: theme.palette.series[0] }],
    }),
    [date, equity, language, t],
  );
  const sheet = () => ({ headers: ["date", "equity"], rows: date.map((day, at) => [day, equity[at]]) });
  return <Chart label={t("outOfSampleEquity")} option={option} count={date.length} height={260} exportName={`out-of-sample-${id}`} sheet={sheet} />;
}
