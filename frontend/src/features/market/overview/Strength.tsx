import { formatExact, formatPercent } from "@/ui/format";

import type { MarketDay } from "./api";
import { overviewTexts } from "./i18n";

/** Shares above their averages, and new highs and lows. */
export function Strength({ day: { above, extremes } }: { day: MarketDay }) {
  const t = overviewTexts.useText();
  return (
    <section className="panel" aria-label={t("strength")}>
      <div className="panel-title">
        <h2>{t("strength")}</h2>
      </div>
      <div className="panel-body overview-stack">
        {above.map(({ days, above: count, of }) => (
          <div key={days} className="strength">
            <span>{t("above", { days })}</span>
            <span className="strength-figure">
              {of === 0 ? (
                <span className="soft">{t("notEnough")}</span>
              ) : (
                <>
                  <strong>{formatPercent(count / of, { digits: 0 })}</strong>{" "}
                  <span className="soft">{t("aboveOf", { above: formatExact(count), of: formatExact(of) })}</span>
                </>
              )}
            </span>
            <span className="strength-bar" aria-hidden="true">
              <span style={{ width: of === 0 ? 0 : `${(count / of) * 100}%` }} />
            </span>
          </div>
        ))}
        {extremes.of === 0 ? (
          <p className="soft">
            {t("highs")} · {t("lows")}: {t("notEnough")}
          </p>
        ) : (
          <dl className="overview-facts">
            <div>
              <dt>{t("highs")}</dt>
              <dd className="up">{formatExact(extremes.highs)}</dd>
            </div>
            <div>
              <dt>{t("lows")}</dt>
              <dd className="down">{formatExact(extremes.lows)}</dd>
            </div>
            <div className="overview-of soft">{t("extremesOf", { of: formatExact(extremes.of) })}</div>
          </dl>
        )}
      </div>
    </section>
  );
}
