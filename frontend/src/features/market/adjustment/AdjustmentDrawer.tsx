import { useQuery } from "@tanstack/react-query";
import { Button, DatePicker, Drawer, Segmented } from "antd";
import dayjs from "dayjs";
import { useId, useState } from "react";

import { useLanguage } from "@/app/i18n/local";
import { Empty, ErrorPanel, Loading } from "@/ui/state";

import { adjustmentQuery, type AdjustmentSeries, type InstrumentDetail } from "../api";
import { marketTexts } from "../i18n";
import { RANGES, type Range } from "../logic/ranges";
import { AdjustmentChart } from "./AdjustmentChart";
import { EventsTable, PricesTable } from "./AdjustmentTables";
import { adjustmentTexts } from "./i18n";
import { ALL_DAYS, rangeOf, rangeStart, withDay, type Days } from "./logic";
import "./adjustment.css";

const FORMAT = "YYYY-MM-DD";

interface AdjustmentDrawerProps {
  stock: InstrumentDetail;
  open: boolean;
  onClose: () => void;
}

/** Raw and adjusted prices of a stock side by side, and in words why they differ. */
export default function AdjustmentDrawer({ stock, open, onClose }: AdjustmentDrawerProps) {
  const t = adjustmentTexts.useText();
  return (
    <Drawer open={open} onClose={onClose} title={t("title", { name: stock.name })} size="min(1120px, 94vw)" destroyOnHidden>
      <Explorer stock={stock} />
    </Drawer>
  );
}

function Explorer({ stock }: { stock: InstrumentDetail }) {
  const t = adjustmentTexts.useText();
  const [days, setDays] = useState<Days>(ALL_DAYS);
  const { data: series, error, isPlaceholderData, refetch } = useQuery(adjustmentQuery(stock.symbol, days));
  if (error !== null && series === undefined) {
    return <ErrorPanel title={t("error")} error={error} onRetry={() => void refetch()} />;
  }
  if (series === undefined) return <Loading height={560} />;
  return (
    <div className="adjustment" aria-busy={isPlaceholderData}>
      <Choices series={series} days={days} onChange={setDays} />
      {series.compared === null ? (
        <Empty
          title={t("noBars", { from: days.start ?? series.first_date, to: days.end ?? series.last_date })}
          action={<Button onClick={() => setDays(ALL_DAYS)}>{t("showAll")}</Button>}
        >
          {t("noBarsText", { first: series.first_date, last: series.last_date })}
        </Empty>
      ) : (
        <Compared series={series} compared={series.compared} tick={stock.price_tick} />
      )}
    </div>
  );
}

interface ComparedProps {
  series: AdjustmentSeries;
  compared: NonNullable<AdjustmentSeries["compared"]>;
  tick: number;
}

function Compared({ series, compared, tick }: ComparedProps) {
  const t = adjustmentTexts.useText();
  const language = useLanguage();
  const [returns, ...reasons] = compared.sentences;
  return (
    <>
      <AdjustmentChart series={series} tick={tick} />
      {series.thinned && (
        <p className="soft">{t("thinned", { total: series.total.toLocaleString("en-US"), shown: series.time.length.toLocaleString("en-US") })}</p>
      )}
      <div className="adjustment-columns">
        <section>
          <h3>{t("prices")}</h3>
          <PricesTable compared={compared} tick={tick} />
          <p>{returns?.words[language]}</p>
        </section>
        <section>
          <h3>{t("why")}</h3>
          <ul className="adjustment-reasons">
            {reasons.map(({ topic, words }) => (
              <li key={topic}>{words[language]}</li>
            ))}
          </ul>
        </section>
      </div>
      <section>
        <h3>{t("events")}</h3>
        <EventsTable events={compared.events} tick={tick} />
      </section>
    </>
  );
}

interface ChoicesProps {
  series: AdjustmentSeries;
  days: Days;
  onChange: (days: Days) => void;
}

/** The two days and the one that the forward-adjusted prices go by. */
function Choices({ series, days, onChange }: ChoicesProps) {
  const t = adjustmentTexts.useText();
  const market = marketTexts.useText();
  const { first_date: first, last_date: last } = series;
  const range = rangeOf(days, first, last);
  return (
    <div className="adjustment-choices">
      <Segmented<Range | null>
        aria-label={t("range")}
        value={range}
        onChange={(value) => value !== null && onChange({ ...days, start: rangeStart(value, first, last), end: null })}
        options={RANGES.map((value) => ({ value, label: market(`range.${value}`) }))}
      />
      <Day label={t("from")} value={days.start ?? first} first={first} last={last} onChange={(day) => onChange(withDay(days, "start", day))} />
      <Day label={t("to")} value={days.end ?? last} first={first} last={last} onChange={(day) => onChange(withDay(days, "end", day))} />
      <Day
        label={t("asOf")}
        title={t("asOfHelp")}
        value={days.asOf ?? last}
        first={first}
        last={last}
        onChange={(asOf) => onChange({ ...days, asOf })}
      />
      {series.as_of !== (days.asOf ?? last) && <span className="soft">{t("anchored", { date: series.as_of })}</span>}
    </div>
  );
}

interface DayProps {
  label: string;
  title?: string;
  value: string;
  first: string;
  last: string;
  /** Null where the reader takes the choice back. */
  onChange: (day: string | null) => void;
}

/** A day within what is stored, typed or picked. */
function Day({ label, title, value, first, last, onChange }: DayProps) {
  const id = useId();
  return (
    <span className="adjustment-day" title={title}>
      <label htmlFor={id}>{label}</label>
      <DatePicker
        id={id}
        format={FORMAT}
        placeholder={FORMAT}
        minDate={dayjs(first)}
        maxDate={dayjs(last)}
        value={dayjs(value)}
        onChange={(day) => onChange((day)?.format(FORMAT) ?? null)}
      />
    </span>
  );
}
