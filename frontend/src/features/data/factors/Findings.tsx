import { useCallback, useMemo } from "react";

import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatExact, formatNumber, formatPercent } from "@/ui/format";

import type { Preview } from "./api";
import { factorTexts } from "./i18n";
import { meanOf, movingMean } from "./logic";

const WINDOW = 20;
const HEIGHT = 220;
const figure = (value: number | null) => formatNumber(value, { digits: 4, sign: true });
const share = (value: number) => formatPercent(value, { digits: 0 });

/** What a factor is worth: IC, decay, groups, coverage, turnover. */
export default function Findings({ preview, horizon }: { preview: Preview; horizon: number }) {
  const t = factorTexts.useText();
  const { ic_summary: ic, rank_ic_summary: rank } = preview;
  const facts: readonly (readonly [string, string])[] = [
    [t("rankIcMean"), figure(rank.mean)],
    [t("rankIcRatio"), formatNumber(rank.ratio, { digits: 3, sign: true })],
    [t("icMean"), figure(ic.mean)],
    [t("icRatio"), formatNumber(ic.ratio, { digits: 3, sign: true })],
    [t("positive"), formatPercent(rank.positive, { digits: 1 })],
    [t("coverageMean"), formatPercent(meanOf(preview.coverage), { digits: 1 })],
    [t("turnoverMean"), formatPercent(meanOf(preview.turnover), { digits: 1 })],
    [t("autoMean"), formatNumber(meanOf(preview.autocorrelation), { digits: 3 })],
    [t("stocks"), formatExact(preview.symbols.length)],
    [t("days"), formatExact(preview.date.length)],
  ];
  return (
    <div className="factors-findings">
      <p>
        <code>{preview.expression}</code>{" "}
        {preview.missing.length > 0 && <span className="soft">{t("missing", { count: formatExact(preview.missing.length) })}</span>}
      </p>
      <dl className="factors-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <RankIc preview={preview} />
      <div className="factors-charts">
        <Groups preview={preview} horizon={horizon} />
        <DecayChart preview={preview} />
        <Lines preview={preview} label={t("coverageChart")} names={["coverage"]} />
        <Lines preview={preview} label={t("stabilityChart")} names={["turnover", "autocorrelation"]} />
      </div>
    </div>
  );
}

function RankIc({ preview }: { preview: Preview }) {
  const t = factorTexts.useText();
  const average = useMemo(() => movingMean(preview.rank_ic, WINDOW), [preview]);
  const option = useCallback(
    (theme: Theme) => ({
      legend: { show: true },
      grid: { left: 8, right: 56, top: 32, bottom: 24 },
      tooltip: { valueFormatter: (value: unknown) => figure(value as number | null) },
      xAxis: { ...dateAxis(theme, preview.date), boundaryGap: true },
      yAxis: { ...valueAxis(theme, (value) => formatNumber(value, { digits: 2 })), scale: false },
      dataZoom: [{ type: "inside" }],
      series: [
        { type: "bar", name: t("rankIc"), data: preview.rank_ic, color: theme.palette.series[5], large: true },
        { type: "line", name: t("rankIcAverage"), data: average, showSymbol: false, color: theme.palette.series[0], lineStyle: { width: 2 } },
      ],
    }),
    [preview, average, t],
  );
  return (
    <Chart
      label={t("icChart")}
      option={option}
      count={preview.date.length}
      height={240}
      exportName="factor-ic"
      sheet={() => ({ headers: [t("date"), t("ic"), t("rankIc")], rows: preview.date.map((date, at) => [date, preview.ic[at] ?? null, preview.rank_ic[at] ?? null]) })}
    />
  );
}

function Groups({ preview, horizon }: { preview: Preview; horizon: number }) {
  const t = factorTexts.useText();
  const names = preview.group_means.map((_, at) => t("groupOf", { at: at + 1 }));
  const option = useCallback(
    (theme: Theme) => bars(theme, preview.group_means.map((_, at) => t("groupOf", { at: at + 1 })), preview.group_means, t("return"), (value) => formatPercent(value, { digits: 2 })),
    [preview, t],
  );
  return (
    <div>
      <Chart
        label={t("groupChart", { count: horizon })}
        option={option}
        count={preview.group_means.length}
        height={HEIGHT}
        exportName="factor-groups"
        sheet={() => ({ headers: [t("groups"), t("return")], rows: names.map((name, at) => [name, preview.group_means[at] ?? null]) })}
      />
      <p className="soft">{t("groupHelp")}</p>
    </div>
  );
}

function DecayChart({ preview }: { preview: Preview }) {
  const t = factorTexts.useText();
  const option = useCallback(
    (theme: Theme) =>
      bars(theme, preview.decay.map(({ horizon }) => t("decayDays", { count: horizon })), preview.decay.map(({ rank_ic }) => rank_ic), t("rankIc"), (value) => formatNumber(value, { digits: 3 })),
    [preview, t],
  );
  return (
    <Chart
      label={t("decayChart")}
      option={option}
      count={preview.decay.length}
      height={HEIGHT}
      exportName="factor-decay"
      sheet={() => ({ headers: [t("horizon"), t("rankIc")], rows: preview.decay.map(({ horizon, rank_ic }) => [horizon, rank_ic]) })}
    />
  );
}

type LineName = "coverage" | "turnover" | "autocorrelation";

function Lines({ preview, label, names }: { preview: Preview; label: string; names: readonly LineName[] }) {
  const t = factorTexts.useText();
  const key = names.join();
  const option = useCallback(
    (theme: Theme) => ({
      ...(key.includes(",") ? { legend: { show: true } } : {}),
      grid: { left: 8, right: 48, top: key.includes(",") ? 32 : 12, bottom: 24 },
      tooltip: { valueFormatter: (value: unknown) => formatPercent(value as number | null, { digits: 1 }) },
      xAxis: dateAxis(theme, preview.date),
      yAxis: { ...valueAxis(theme, share), scale: false, max: 1, interval: 0.2 },
      dataZoom: [{ type: "inside" }],
      series: (key.split(",") as LineName[]).map((name, at) => ({
        type: "line",
        name: t(name === "coverage" ? "coverageChart" : name),
        data: preview[name],
        showSymbol: false,
        connectNulls: true,
        color: theme.palette.series[at],
        lineStyle: { width: 1.2 },
      })),
    }),
    [preview, key, t],
  );
  return (
    <Chart
      label={label}
      option={option}
      count={preview.date.length}
      height={HEIGHT}
      exportName={`factor-${names[0] ?? ""}`}
      sheet={() => ({ headers: [t("date"), ...names], rows: preview.date.map((date, at) => [date, ...names.map((name) => preview[name][at] ?? null)]) })}
    />
  );
}

/** Few bars around zero. */
function bars(theme: Theme, names: readonly string[], values: readonly (number | null)[], name: string, format: (value: number) => string) {
  return {
    grid: { left: 8, right: 64, top: 12, bottom: 24 },
    tooltip: { valueFormatter: (value: unknown) => (value === null ? "—" : format(value as number)) },
    xAxis: {
      type: "category",
      data: names,
      axisLine: { lineStyle: { color: theme.palette.border } },
      axisTick: { show: false },
      axisLabel: { color: theme.palette.textSoft, fontSize: 11, interval: 0, hideOverlap: true },
    },
    yAxis: { ...valueAxis(theme, format), scale: false },
    series: [{ type: "bar", name, data: values, barMaxWidth: 40, color: theme.palette.series[0] }],
  };
}
