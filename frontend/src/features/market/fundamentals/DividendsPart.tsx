import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

import { useLanguage } from "@/app/i18n/local";
import type { Theme } from "@/app/theme/useTheme";
import { Chart, dateAxis, valueAxis } from "@/ui/chart";
import { formatDate, formatNumber, formatPercent } from "@/ui/format";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import type { PartProps } from "./CompanyPanel";
import { dividendsQuery, type DividendItem, type Dividends } from "./api";
import { companyTexts } from "./i18n";
import { allYears, planWords } from "./logic";
import { NoTable } from "./NoTable";
import { Origin } from "./Origin";

/** What was paid a year, and each plan with how far it has come. */
export function DividendsPart({ stock, asOf, onAsk }: PartProps) {
  const t = companyTexts.useText();
  const { data, error, isPlaceholderData, refetch } = useQuery(dividendsQuery(stock.symbol, asOf));
  if (error !== null && data === undefined) return <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading height={320} />;
  if (data.stored === null) return <NoTable stock={stock} title={t("none.dividends")} />;
  return (
    <div className="company-part" aria-busy={isPlaceholderData}>
      <div className="company-choices">
        <Origin stock={stock} table="dividends" stored={data.stored} />
      </div>
      {data.items.length === 0 ? (
        <Empty title={asOf === null ? t("noDividends") : t("noneThen", { day: asOf })} />
      ) : (
        <>
          {data.years.length > 0 && <YearsChart dividends={data} />}
          <Plans
            items={data.items}
            onPick={(item, label) => onAsk({ kind: "row", dataset: "dividends", rowKey: item.key, label: `${stock.name} ${label}` })}
          />
        </>
      )}
    </div>
  );
}

function YearsChart({ dividends }: { dividends: Dividends }) {
  const t = companyTexts.useText();
  const { symbol } = dividends;
  const years = useMemo(() => allYears(dividends.years), [dividends.years]);
  const option = useCallback(
    (theme: Theme) => {
      const { palette } = theme;
      const labels = years.map(({ year }) => String(year));
      const cash = valueAxis(theme, (value) => formatNumber(value, { digits: Number.isInteger(value) ? 0 : 2 }));
      const share = valueAxis(theme, (value) => formatPercent(value, { digits: 1 }));
      return {
        legend: { show: true, top: 0 },
        grid: { left: 56, right: 56, top: 32, bottom: 24 },
        xAxis: { ...dateAxis(theme, labels), boundaryGap: true, axisLabel: { color: palette.textSoft, hideOverlap: true, fontSize: 11 } },
        yAxis: [
          { ...cash, position: "left", scale: false },
          { ...share, scale: false, splitLine: { show: false } },
        ],
        series: [
          {
            type: "bar",
            name: t("cashPerShare"),
            barMaxWidth: 28,
            data: years.map((one) => Number(one.cash)),
            color: palette.series[0],
            tooltip: { valueFormatter: (_: unknown, at: number) => years[at]?.cash ?? "" },
          },
          {
            type: "line",
            name: t("yieldOfYear"),
            yAxisIndex: 1,
            symbolSize: 5,
            data: years.map((one) => one.yield_at_ex),
            color: palette.series[1],
            tooltip: { valueFormatter: (value: unknown) => formatPercent(value as number | null) },
          },
        ],
      };
    },
    [years, t],
  );
  return (
    <Chart
      label={t("dividendChart", { symbol })}
      option={option}
      count={years.length}
      height={240}
      exportName={`${symbol}-dividends`}
      sheet={() => ({ headers: ["year", "cash", "yield"], rows: years.map((one) => [one.year, one.cash, one.yield_at_ex]) })}
    />
  );
}

interface PlansProps {
  items: readonly DividendItem[];
  onPick: (item: DividendItem, label: string) => void;
}

function Plans({ items, onPick }: PlansProps) {
  const t = companyTexts.useText();
  const language = useLanguage();
  const words = {
    perTen: t("perTen"),
    pays: (amount: string) => t("pays", { amount }),
    bonus: (amount: string) => t("bonus", { amount }),
    converts: (amount: string) => t("converts", { amount }),
    nothing: t("nothing"),
  };
  return (
    <div className="company-scroll">
      <table className="company-plain">
        <thead>
          <tr className="soft">
            {(["reportDate", "plan", "progress", "announcedDay", "recordDate", "exDate"] as const).map((name) => (
              <th scope="col" key={name}>
                {t(name)}
              </th>
            ))}
            <th scope="col" className="numeric" title={t("yieldHelp")}>
              {t("yieldAtEx")}
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => {
            const plan = planWords(item, words, language === "zh" ? " " : ", ");
            return (
              <tr key={`${item.report_date} ${item.announced ?? ""}`}>
                <td>{item.report_date}</td>
                <td>
                  <button type="button" className="company-figure" title={t("figureTip")} onClick={() => onPick(item, `${item.report_date} ${plan}`)}>
                    {plan}
                  </button>
                </td>
                <td>{item.progress ?? <span className="soft">{t("progressThen")}</span>}</td>
                <td>{formatDate(item.announced)}</td>
                <td>{formatDate(item.record_date)}</td>
                <td>{formatDate(item.ex_date)}</td>
                <td className="numeric">{formatPercent(item.yield_at_ex)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
