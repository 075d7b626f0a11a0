import { Link } from "react-router";

import { useLanguage } from "@/app/i18n/local";
import { Change, formatCompact, formatNumber } from "@/ui/format";
import { Empty } from "@/ui/state";

import type { LadderRung, MarketDay } from "./api";
import { overviewTexts } from "./i18n";

/** The shares at their upper limit, the longest streaks first. */
export function Ladder({ summary: { rungs, day_after, pool_stored } }: { summary: MarketDay["limit_up"] }) {
  const t = overviewTexts.useText();
  return (
    <section className="panel" aria-label={t("ladder")}>
      <div className="panel-title">
        <h2>{t("ladder")}</h2>
        {day_after !== null && (
          <span className="soft">
            {t("dayAfter")} <Change value={day_after} />
          </span>
        )}
      </div>
      {rungs.length === 0 ? (
        <Empty title={t("noLimitUp")} />
      ) : (
        <div className="panel-body">
          <ol className="ladder">
            {rungs.map((rung) => (
              <Rung key={rung.streak} rung={rung} />
            ))}
          </ol>
          <p className="soft ladder-note">
            {t("ladderNote")}
            {pool_stored && ` · ${t("ladderPool")}`}
          </p>
        </div>
      )}
    </section>
  );
}

function Rung({ rung: { streak, count, shares } }: { rung: LadderRung }) {
  const t = overviewTexts.useText();
  const language = useLanguage();
  return (
    <li>
      <span className="ladder-rung">
        {streak === 1 ? t("rungFirst") : t("rung", { count: streak })} <span className="soft">{count}</span>
      </span>
      <ul className="ladder-shares">
        {shares.map((share) => {
          const told = [
            `${share.symbol} ${formatNumber(share.close)}`,
            `${t("amount")} ${formatCompact(share.amount, language)}`,
            share.first_sealed === null ? null : t("sealed", { time: share.first_sealed }),
            share.breaks === null || share.breaks === 0 ? null : t("breaks", { count: share.breaks }),
          ].filter((text) => text !== null);
          return (
            <li key={share.symbol}>
              <Link to={`/market/${share.symbol}`} title={told.join(" · ")}>
                {share.name}
                {share.industry !== null && <span className="soft"> {share.industry}</span>}
              </Link>
            </li>
          );
        })}
        {count > shares.length && <li className="soft">{t("rungMore", { count: count - shares.length })}</li>}
      </ul>
    </li>
  );
}
