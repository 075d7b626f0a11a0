import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { useLanguage } from "@/app/i18n/local";
import { Change, formatExact } from "@/ui/format";
import { download, toCsv } from "@/ui/format/csv";
import { uiTexts } from "@/ui/i18n";

import type { Fundamentals, ReportItem } from "./api";
import { companyTexts } from "./i18n";
import { formatFigure, periodLabel, reportsSheet, STATEMENTS } from "./logic";
import type { Asked } from "./ProvenanceDrawer";

interface ReportsTableProps {
  reports: Fundamentals;
  annual: boolean;
  /** Growth under each amount. */
  growth: boolean;
  onAsk: (asked: Asked) => void;
}

/** Items by period, the newest first, each period with the day of its announcement. */
export function ReportsTable({ reports, annual, growth, onAsk }: ReportsTableProps) {
  const t = companyTexts.useText();
  const ui = uiTexts.useText();
  const language = useLanguage();
  const order = reports.periods.map((_, at) => at).reverse();
  const save = () => download(`${reports.symbol}-reports.csv`, toCsv(reportsSheet(reports, annual, language)));
  const groups = STATEMENTS.map((statement) => ({ statement, items: reports.items.filter((item) => item.statement === statement) }));
  return (
    <div className="company-scroll company-reports">
      <table className="company-table">
        <thead>
          <tr>
            <th scope="col">
              {t("item")}
              <Button size="small" type="text" icon={<DownloadOutlined aria-hidden />} aria-label={ui("exportCsv")} title={ui("exportCsv")} onClick={save} />
            </th>
            {order.map((at) => {
              const period = reports.periods[at];
              if (period === undefined) return null;
              const { report_date, announced, first_announced, restated } = period;
              return (
                <th scope="col" key={report_date} title={restated.length > 0 ? t("restated", { first: first_announced, last: announced }) : report_date}>
                  {periodLabel(report_date, annual)}
                  <span className="company-told soft">{t("announced", { day: first_announced })}</span>
                  {restated.length > 0 && <span className="company-told company-restated">{t("corrected", { day: announced })}</span>}
                </th>
              );
            })}
          </tr>
        </thead>
        {groups.map(
          ({ statement, items }) =>
            items.length > 0 && (
              <tbody key={statement}>
                <tr className="company-group">
                  <th scope="rowgroup" colSpan={order.length + 1}>
                    <span>{t(`statement.${statement}`)}</span>
                  </th>
                </tr>
                {items.map((item) => (
                  <tr key={item.name}>
                    <th scope="row" title={item.name}>
                      {item[language]}
                    </th>
                    {order.map((at) => (
                      <Figure key={at} item={item} at={at} reports={reports} annual={annual} growth={growth} onAsk={onAsk} />
                    ))}
                  </tr>
                ))}
              </tbody>
            ),
        )}
      </table>
    </div>
  );
}

function Figure({ item, at, reports, annual, growth, onAsk }: ReportsTableProps & { item: ReportItem; at: number }) {
  const t = companyTexts.useText();
  const language = useLanguage();
  const value = item.values[at] ?? null;
  const grown = item.growth[at] ?? null;
  const period = reports.periods[at];
  if (value === null || period === undefined) return <td className="soft">—</td>;
  const label = `${item[language]} ${periodLabel(period.report_date, annual)}`;
  const restated = period.restated.includes(item.name);
  return (
    <td>
      <button
        type="button"
        className="company-figure"
        title={`${formatExact(value)} · ${t("figureTip")}`}
        onClick={() => onAsk({ kind: "figure", item, reportDate: period.report_date, label })}
      >
        {restated && <span className="company-restated">{t("restatedMark")}</span>}
        {formatFigure(value, item.unit, language)}
      </button>
      {growth && grown !== null && (
        <span className="company-growth">
          <Change value={grown} digits={1} />
        </span>
      )}
    </td>
  );
}
