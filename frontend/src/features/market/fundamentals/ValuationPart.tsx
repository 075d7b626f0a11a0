import { useQuery } from "@tanstack/react-query";
import { Segmented } from "antd";
import { useState } from "react";

import { useLanguage } from "@/app/i18n/local";
import { formatNumber, formatPercent, Money } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import type { PartProps } from "./CompanyPanel";
import { valuationQuery, type Measure, type Valuation } from "./api";
import { companyTexts } from "./i18n";
import { axisTop, MEASURES, RANGES, startOfYears, type Range } from "./logic";
import { NoTable } from "./NoTable";
import { Origin } from "./Origin";
import { ValuationChart } from "./ValuationChart";

/** A multiple over the years, its percentiles over the chosen range, and where the newest day stands. */
export function ValuationPart({ stock, asOf, onAsk }: PartProps) {
  const t = companyTexts.useText();
  const [measure, setMeasure] = useState<Measure>("pe_ttm");
  const [range, setRange] = useState<Range>("5y");
  const last = asOf ?? stock.last_date ?? new Date().toISOString().slice(0, 10);
  const { data, error, isPlaceholderData, refetch } = useQuery(valuationQuery(stock.symbol, measure, startOfYears(last, range), asOf));
  if (error !== null && data === undefined) return <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading height={480} />;
  if (data.stored === null) return <NoTable stock={stock} title={t("none.valuation")} />;
  return (
    <div className="company-part" aria-busy={isPlaceholderData}>
      <div className="company-choices">
        <Segmented<Measure>
          aria-label={t("measure")}
          value={measure}
          onChange={setMeasure}
          options={MEASURES.map((value) => ({ value, label: t(`measure.${value}`) }))}
        />
        <Segmented<Range> aria-label={t("range")} value={range} onChange={setRange} options={RANGES.map((value) => ({ value, label: t(`range.${value}`) }))} />
        <Origin stock={stock} table="valuation" stored={data.stored} />
      </div>
      {data.points === 0 ? (
        <Empty title={t("noneThen", { day: asOf ?? "" })} />
      ) : (
        <>
          <Standing valuation={data} />
          <ValuationChart
            valuation={data}
            onPick={(day) => onAsk({ kind: "row", dataset: "valuation", rowKey: [day], label: `${stock.name} ${day}` })}
          />
          <Notes valuation={data} />
        </>
      )}
    </div>
  );
}

/** The newest day's figures and where it stands. */
function Standing({ valuation }: { valuation: Valuation }) {
  const t = companyTexts.useText();
  const language = useLanguage();
  const { last, rank, latest } = valuation;
  const name = t(`measure.${valuation.measure}`);
  return (
    <dl className="company-stats">
      <div>
        <dt className="soft">
          {name} {valuation.last_date}
        </dt>
        <dd>
          <strong>{formatNumber(last)}</strong> {last !== null && last <= 0 && <span className="tag">{t("loss")}</span>}
        </dd>
      </div>
      <div title={t("rankHelp")}>
        <dt className="soft">{t("rank")}</dt>
        <dd>
          <strong>{formatPercent(rank, { digits: 1 })}</strong>
        </dd>
      </div>
      {valuation.bands.map(({ percent, value }) => (
        <div key={percent}>
          <dt className="soft">{t("band", { percent })}</dt>
          <dd>{formatNumber(value)}</dd>
        </div>
      ))}
      {(["market_value", "float_value"] as const).map(
        (field) =>
          latest[field] != null && (
            <div key={field} lang={language}>
              <dt className="soft">{t(field)}</dt>
              <dd>
                <Money value={latest[field]} />
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}

function Notes({ valuation }: { valuation: Valuation }) {
  const t = companyTexts.useText();
  const notes = [
    valuation.days_below > 0 && t("lossDays", { count: valuation.days_below }),
    valuation.bands.length === 0 && t("few"),
    axisTop(valuation) !== null && t("clipped"),
  ].filter((note) => note !== false);
  return notes.length === 0 ? null : <p className="company-note soft">{notes.join(" ")}</p>;
}
