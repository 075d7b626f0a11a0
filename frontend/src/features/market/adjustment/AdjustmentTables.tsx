import { useLanguage } from "@/app/i18n/local";
import { Change, formatNumber, formatPrice } from "@/ui/format";

import type { AdjustmentSeries } from "../api";
import { adjustmentTexts } from "./i18n";
import { BASES } from "./logic";

type Comparison = NonNullable<AdjustmentSeries["compared"]>;

const FACTOR = { digits: 6 };

/** Both days' closes on each basis, and what they make the return to be. */
export function PricesTable({ compared, tick }: { compared: Comparison; tick: number }) {
  const t = adjustmentTexts.useText();
  const { start, end, returns } = compared;
  return (
    <table className="adjustment-table" aria-label={t("prices")}>
      <thead>
        <tr className="soft">
          <th scope="col">{t("basis")}</th>
          <th scope="col" className="numeric">
            {start.date}
          </th>
          <th scope="col" className="numeric">
            {end.date}
          </th>
          <th scope="col" className="numeric">
            {t("return")}
          </th>
        </tr>
      </thead>
      <tbody>
        {BASES.map((basis) => (
          <tr key={basis}>
            <th scope="row">{t(basis)}</th>
            <td className="numeric">{formatPrice(start[basis], tick)}</td>
            <td className="numeric">{formatPrice(end[basis], tick)}</td>
            <td className="numeric">{returns[basis] === null ? <span className="soft">{t("noReturn")}</span> : <Change value={returns[basis]} />}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">{t("held")}</th>
          <td className="numeric">{formatPrice(start.raw, tick)}</td>
          <td className="numeric">{formatPrice(end.raw, tick)}</td>
          <td className="numeric">
            <Change value={returns.held} />
          </td>
        </tr>
      </tbody>
    </table>
  );
}

/** The ex-right days between the two days: what the prices say, and what is known of it. */
export function EventsTable({ events, tick }: { events: Comparison["events"]; tick: number }) {
  const t = adjustmentTexts.useText();
  const language = useLanguage();
  if (events.length === 0) return <p className="soft">{t("noEvents")}</p>;
  return (
    <div className="adjustment-scroll">
      <table className="adjustment-table" aria-label={t("events")}>
        <thead>
          <tr className="soft">
            <th scope="col">{t("date")}</th>
            <th scope="col" className="numeric">
              {t("closeBefore")}
            </th>
            <th scope="col" className="numeric">
              {t("preclose")}
            </th>
            <th scope="col" className="numeric">
              {t("step")}
            </th>
            <th scope="col" className="numeric">
              {t("factor")}
            </th>
            <th scope="col">{t("plan")}</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.date}>
              <td className="nowrap">{event.date}</td>
              <td className="numeric">{formatPrice(event.close_before, tick)}</td>
              <td className="numeric">{formatPrice(event.preclose, tick)}</td>
              <td className="numeric">{formatNumber(event.step, FACTOR)}</td>
              <td className="numeric nowrap">
                {formatNumber(event.factor_before, FACTOR)} → {formatNumber(event.factor_after, FACTOR)}
              </td>
              <td>
                <span className="tag adjustment-verdict" data-verdict={event.verdict}>
                  {t(`verdict.${event.verdict}`)}
                </span>{" "}
                {event.words[language]}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
