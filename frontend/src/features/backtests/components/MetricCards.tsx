import { QuestionCircleOutlined } from "@ant-design/icons";
import { Popover } from "antd";

import { Change, Money } from "@/ui/format";

import type { Metrics } from "../api";
import { backtestTexts, metricTexts } from "../i18n";
import { formatMetric, METRICS, type MetricInfo, type MetricKey } from "../logic/metrics";
import "./report.css";

function Explanation({ metric }: { metric: MetricKey }) {
  const t = backtestTexts.useText();
  const m = metricTexts.useText();
  return (
    <div className="metric-explanation">
      <p>{m(`${metric}.what`)}</p>
      <dl className="job-facts">
        <dt>{t("formula")}</dt>
        <dd>{m(`${metric}.how`)}</dd>
        <dt>{t("unit")}</dt>
        <dd>{m(`${metric}.unit`)}</dd>
      </dl>
    </div>
  );
}

/** What stands after the figure; ratios and percentages say it themselves. */
function unitOf(t: ReturnType<typeof backtestTexts.useText>, kind: MetricInfo["kind"], value: number): string {
  switch (kind) {
    case "count":
    case "days":
    case "money":
    case "times":
    case "points":
      return t(`unit.${kind}`, { count: value });
    default:
      return "";
  }
}

function Value({ info, metrics }: { info: MetricInfo; metrics: Metrics }) {
  const t = backtestTexts.useText();
  const value = metrics[info.key];
  if (info.kind === "change") return <Change value={value} />;
  const text =
    info.kind === "money" ? (
      <Money value={value} />
    ) : info.kind === "points" ? (
      <Change value={value === null ? null : Number(value) * 100} kind="number" />
    ) : (
      formatMetric(info, metrics)
    );
  const unit = value === null ? "" : unitOf(t, info.kind, Number(value));
  return (
    <>
      {text}
      {unit !== "" && <span className="metric-unit">{unit}</span>}
    </>
  );
}

interface MetricCardsProps {
  metrics: Metrics;
  shown?: readonly MetricInfo[];
}

/** The figures of a run, each with what it means, its formula and its unit. */
export function MetricCards({ metrics, shown = METRICS }: MetricCardsProps) {
  const t = backtestTexts.useText();
  const m = metricTexts.useText();
  return (
    <dl className="metric-cards">
      {shown.map((info) => (
        <div key={info.key} className="metric-card">
          <dt>
            {m(info.key)}
            <Popover title={m(info.key)} content={<Explanation metric={info.key} />} trigger={["hover", "focus", "click"]}>
              <button type="button" className="metric-help" aria-label={t("explain", { name: m(info.key) })}>
                <QuestionCircleOutlined aria-hidden />
              </button>
            </Popover>
          </dt>
          <dd>
            <Value info={info} metrics={metrics} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
