import { useQuery } from "@tanstack/react-query";
import { useCallback, type ReactNode } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, valueAxis } from "@/ui/chart";
import { formatNumber, formatPercent } from "@/ui/format";
import { ErrorPanel, Loading } from "@/ui/state";

import { overfittingQuery, type Optimisation, type Overfitting } from "../api";
import { optimisationTexts } from "../i18n";
import { tooltipRows } from "../logic/html";
import { formatFigure } from "../logic/metric";

type Pbo = NonNullable<Overfitting["overfitting"]>;

interface LuckPanelProps {
  optimisation: Optimisation;
  running: boolean;
  /** Trials that have a result. */
  results: number;
}

/** Fewer results leave nothing to compare. */
const LEAST = 2;

/** How much of the best is luck: three answers, each with its figures and a sentence. */
export function LuckPanel({ optimisation, running, results }: LuckPanelProps) {
  const t = optimisationTexts.useText();
  const language = useLanguage();
  const judged = useQuery({ ...overfittingQuery(optimisation.id), enabled: !running && results >= LEAST });
  if (running) return <p className="soft panel-body">{t("luckLater")}</p>;
  if (results < LEAST) return <p className="soft panel-body">{t("luckTooFew")}</p>;
  if (judged.data === undefined) {
    return judged.isError ? <ErrorPanel title={t("luckError")} error={judged.error} onRetry={() => void judged.refetch()} /> : <div className="panel-body"><Loading height={320} /></div>;
  }
  if (judged.data === null) return <p className="soft panel-body">{t("luckTooFew")}</p>;
  const { deflated, overfitting, stability, notes } = judged.data;
  const { metric } = optimisation.objective;
  return (
    <div className="panel-body luck">
      <Answer
        title={t("deflated")}
        figure={deflated === null ? "—" : formatPercent(deflated.probability, { digits: 1 })}
        good={deflated === null ? null : deflated.probability >= 0.95}
        help={t("deflatedHelp")}
        words={deflated?.words[language] ?? t("deflatedNone")}
        facts={
          deflated === null
            ? []
            : [
                [t("bestSharpe"), formatNumber(deflated.sharpe)],
                [t("luckSharpe"), formatNumber(deflated.expected_best_of_luck)],
                [t("triesCounted"), formatNumber(deflated.trials, { digits: 0 })],
                [t("triesEffective"), formatNumber(deflated.effective_trials, { digits: 1 })],
                [t("days"), formatNumber(deflated.days, { digits: 0 })],
              ]
        }
      />
      <Answer
        title={t("stability")}
        figure={t(`stability.${stability.verdict}`)}
        good={stability.verdict === "unknown" ? null : stability.verdict === "plateau"}
        help={t("stabilityHelp")}
        words={stability.words[language]}
        facts={[
          [t("best"), formatFigure(metric, stability.best)],
          [t("neighboursMean"), formatFigure(metric, stability.mean)],
          [t("neighboursWorst"), formatFigure(metric, stability.worst)],
          [t("neighbours"), formatNumber(stability.neighbours, { digits: 0 })],
        ]}
      />
      <Answer
        title={t("pbo")}
        figure={overfitting === null ? "—" : formatPercent(overfitting.probability, { digits: 1 })}
        good={overfitting === null ? null : pboTone(overfitting.probability)}
        help={t("pboHelp")}
        words={overfitting?.words[language] ?? t("pboNone")}
        facts={
          overfitting === null
            ? []
            : [
                [t("pboBlocks"), formatNumber(overfitting.blocks, { digits: 0 })],
                [t("pboCombinations"), formatNumber(overfitting.combinations, { digits: 0 })],
                [t("pboSlope"), formatNumber(overfitting.slope)],
                [t("pboLoss"), formatPercent(overfitting.probability_of_loss, { digits: 1 })],
              ]
        }
      />
      {overfitting !== null && (
        <div className="luck-charts">
          <LogitChart pbo={overfitting} id={optimisation.id} />
          <SampleChart pbo={overfitting} id={optimisation.id} />
        </div>
      )}
      {notes.map((note) => (
        <p key={note.en} className="soft luck-note">
          {note[language]}
        </p>
      ))}
    </div>
  );
}

/** As the words have it: good below a fifth, bad from a half on, in between neither. */
const pboTone = (probability: number): boolean | null => (probability < 0.2 ? true : probability >= 0.5 ? false : null);

interface AnswerProps {
  title: string;
  figure: string;
  /** Null where nothing can be said. */
  good: boolean | null;
  help: string;
  words: ReactNode;
  facts: readonly (readonly [string, string])[];
}

function Answer({ title, figure, good, help, words, facts }: AnswerProps) {
  return (
    <section className="luck-answer" {...(good === null ? {} : { "data-good": good })}>
      <h3 title={help}>{title}</h3>
      <strong className="luck-figure">{figure}</strong>
      <p>{words}</p>
      <dl className="figure-list">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function LogitChart({ pbo, id }: { pbo: Pbo; id: string }) {
  const t = optimisationTexts.useText();
  const { logit_edges: edges, logit_counts: counts, combinations } = pbo;
  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      const middle = (index: number) => ((edges[index] ?? 0) + (edges[index + 1] ?? 0)) / 2;
      return {
        grid: { left: 16, right: 48, top: 12, bottom: 40 },
        tooltip: {
          trigger: "item",
          formatter: ({ dataIndex = 0 }: { dataIndex?: number }) =>
            tooltipRows(`${formatNumber(edges[dataIndex])} – ${formatNumber(edges[dataIndex + 1])}`, [
              [t("pboCombinations"), formatNumber(counts[dataIndex], { digits: 0 })],
              [t("share"), formatPercent((counts[dataIndex] ?? 0) / Math.max(combinations, 1), { digits: 1 })],
            ]),
        },
        xAxis: {
          type: "category",
          data: counts.map((_, index) => formatNumber(middle(index), { digits: 1 })),
          name: t("logitAxis"),
          nameLocation: "middle",
          nameGap: 24,
          nameTextStyle: { color: palette.textSoft },
          axisLine: { lineStyle: { color: palette.border } },
          axisTick: { show: false },
          axisLabel: { color: palette.textSoft, fontSize: 11, hideOverlap: true },
        },
        yAxis: valueAxis(theme, (value) => formatNumber(value, { digits: 0 })),
        series: [
          {
            type: "bar",
            barCategoryGap: "8%",
            // At or below zero the chosen one fell into the worse half: colour and place both say so.
            data: counts.map((value, index) => ({ value, itemStyle: { color: middle(index) <= 0 ? palette.series[1] : palette.series[0] } })),
          },
        ],
      };
    },
    [edges, counts, combinations, t],
  );
  const sheet = () => ({ headers: ["from", "to", "count"], rows: counts.map((count, index) => [edges[index], edges[index + 1], count]) });
  return <Chart label={t("logitChart")} option={option} count={counts.length} height={220} exportName={`pbo-logits-${id}`} sheet={sheet} />;
}

function SampleChart({ pbo, id }: { pbo: Pbo; id: string }) {
  const t = optimisationTexts.useText();
  const { points } = pbo;
  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      const axis = (name: string) => ({ name, nameLocation: "middle", nameTextStyle: { color: palette.textSoft } });
      return {
        grid: { left: 16, right: 64, top: 12, bottom: 40 },
        tooltip: {
          trigger: "item",
          formatter: ({ dataIndex = 0 }: { dataIndex?: number }) =>
            tooltipRows(t("sampleChart"), [
              [t("inSample"), formatNumber(points[dataIndex]?.in_sample)],
              [t("outOfSample"), formatNumber(points[dataIndex]?.out_of_sample)],
            ]),
        },
        xAxis: { ...valueAxis(theme, (value) => formatNumber(value, { digits: 1 })), position: "bottom", splitLine: { show: false }, ...axis(t("inSample")), nameGap: 24 },
        yAxis: { ...valueAxis(theme, (value) => formatNumber(value, { digits: 1 })), ...axis(t("outOfSample")), nameGap: 40 },
        series: [
          {
            type: "scatter",
            symbolSize: 4,
            itemStyle: { color: palette.series[0], opacity: 0.45 },
            data: points.map(({ in_sample, out_of_sample }) => [in_sample, out_of_sample]),
            markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: palette.textSoft, type: "dashed" }, data: [{ yAxis: 0 }] },
          },
        ],
      };
    },
    [points, t],
  );
  const sheet = () => ({ headers: ["in_sample", "out_of_sample"], rows: points.map(({ in_sample, out_of_sample }) => [in_sample, out_of_sample]) });
  return <Chart label={t("sampleChart")} option={option} count={points.length} height={220} exportName={`pbo-samples-${id}`} sheet={sheet} />;
}
