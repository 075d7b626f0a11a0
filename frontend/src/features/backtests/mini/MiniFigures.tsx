import { Change, formatCompact, formatNumber, formatPercent, Money } from "@/ui/format";
import { useLanguage } from "@/app/i18n/local";
import type { Language } from "@/app/prefs";

import { backtestTexts, metricTexts } from "../i18n";
import { formatMetric } from "../logic/metrics";
import type { BriefMetrics } from "./api";
import { BRIEF_METRICS, changeOf, type BriefInfo } from "./change";
import { miniTexts } from "./i18n";

interface MiniFiguresProps {
  metrics: BriefMetrics;
  /** Those of the run before, where they can be compared. */
  before: BriefMetrics | null;
}

/** The main figures of a run, each with what has changed since the one before. */
export function MiniFigures({ metrics, before }: MiniFiguresProps) {
  const t = miniTexts.useText();
  const m = metricTexts.useText();
  return (
    <dl className="mini-figures" aria-label={t("figures")}>
      {BRIEF_METRICS.map((info) => (
        <div key={info.key}>
          <dt title={m(`${info.key}.what`)}>{m(info.key)}</dt>
          <dd>
            <Figure info={info} metrics={metrics} />
            <Delta info={info} metrics={metrics} before={before} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Figure({ info, metrics }: { info: BriefInfo; metrics: BriefMetrics }) {
  const b = backtestTexts.useText();
  const value = metrics[info.key];
  switch (info.kind) {
    case "change":
      return <Change value={value} />;
    case "points":
      return (
        <>
          <Change value={value === null ? null : Number(value) * 100} kind="number" />
          {value !== null && <span className="metric-unit">{b("unit.points", { count: Number(value) })}</span>}
        </>
      );
    case "money":
      return (
        <>
          <Money value={value} />
          <span className="metric-unit">{b("unit.money", { count: Number(value) })}</span>
        </>
      );
    case "count":
      return (
        <>
          {formatMetric(info, metrics)}
          <span className="metric-unit">{b("unit.count", { count: Number(value) })}</span>
        </>
      );
    default:
      return <>{formatMetric(info, metrics)}</>;
  }
}

/** Write a difference as its figure is written; fractions in percentage points. */
function written(kind: BriefInfo["kind"], change: number, language: Language): string {
  const size = Math.abs(change);
  switch (kind) {
    case "percent":
    case "change":
    case "points":
      return formatNumber(size * 100);
    case "money":
      return formatCompact(size, language);
    case "count":
      return formatNumber(size, { digits: 0 });
    default:
      return formatNumber(size);
  }
}

function Delta({ info, metrics, before }: MiniFiguresProps & { info: BriefInfo }) {
  const t = miniTexts.useText();
  const language = useLanguage();
  const change = before === null ? null : changeOf(info.key, metrics, before);
  // Keeps its line, so that nothing moves when a second run brings differences.
  if (change === null || before === null) return <small className="mini-delta" />;
  const text = `${change > 0 ? "▲" : "▼"} ${written(info.kind, change, language)}`;
  const points = info.kind === "percent" || info.kind === "change" || info.kind === "points" ? ` ${t("points")}` : "";
  const old = info.kind === "points" ? formatPercent(before[info.key], { sign: true }) : formatMetric(info, before);
  const words = t("delta", { change: `${change > 0 ? "+" : "−"}${written(info.kind, change, language)}${points}`, before: old });
  return (
    <small className="mini-delta" title={words}>
      <span aria-hidden>{text}</span>
      <span className="visually-hidden">{words}</span>
    </small>
  );
}
