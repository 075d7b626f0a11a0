import { localText, useLanguage } from "@/app/i18n/local";
import { formatExact, formatNumber } from "@/ui/format";

import { backtestTexts } from "../i18n";
import { reportTexts } from "../report/i18n";
import { SmallTable } from "../report/SmallTable";
import type { BriefReport } from "./api";
import { miniTexts } from "./i18n";

const whole = (value: number) => formatNumber(value, { digits: 0 });

/** What was filled, refused and printed; folded. */
export function MiniDetails({ report }: { report: BriefReport }) {
  const t = miniTexts.useText();
  const b = backtestTexts.useText();
  const r = reportTexts.useText();
  const language = useLanguage();
  const { fills, refusals, metrics } = report;
  const filled = fills.length < metrics.fills ? t("fillsLast", { count: metrics.fills, shown: fills.length }) : t("fills", { count: metrics.fills });
  return (
    <div className="mini-details">
      {metrics.fills === 0 ? (
        <p className="soft">{t("noFills")}</p>
      ) : (
        <details>
          <summary>{filled}</summary>
          <SmallTable
            label={filled}
            rows={fills.map((fill, at) => ({ ...fill, at })).toReversed()}
            rowKey={({ at }) => at}
            columns={[
              { key: "date", title: b("date"), render: ({ date }) => date },
              { key: "symbol", title: b("symbol"), render: ({ symbol }) => symbol },
              { key: "side", title: b("side"), render: ({ side }) => <span className={side === "buy" ? "up" : "down"}>{b(`side.${side}`)}</span> },
              { key: "price", title: b("price"), numeric: true, render: ({ price }) => formatExact(price) },
              { key: "quantity", title: b("quantity"), numeric: true, render: ({ quantity }) => whole(quantity) },
            ]}
          />
        </details>
      )}
      {refusals.length > 0 && (
        <details>
          <summary>{t("refusals", { count: metrics.rejections })}</summary>
          <SmallTable
            label={t("refusals", { count: metrics.rejections })}
            rows={refusals}
            rowKey={({ rule }) => rule}
            columns={[
              { key: "rule", title: t("rule"), render: ({ rule }) => r(`rule.${rule}`) },
              { key: "count", title: t("count"), numeric: true, render: ({ count }) => whole(count) },
              { key: "first", title: t("first"), render: ({ first }) => first },
              { key: "reason", title: t("reason"), render: (refusal) => localText(refusal, "message", language) },
            ]}
          />
        </details>
      )}
      <MiniLogs logs={report.logs ?? []} />
    </div>
  );
}

/** What the strategy printed. */
export function MiniLogs({ logs }: { logs: NonNullable<BriefReport["logs"]> }) {
  const t = miniTexts.useText();
  if (logs.length === 0) return null;
  return (
    <details>
      <summary>{t("logs", { count: logs.length })}</summary>
      <pre className="mini-logs">{logs.map(({ text }) => text).join("\n")}</pre>
    </details>
  );
}
