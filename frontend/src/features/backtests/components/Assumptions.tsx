import { localText, useLanguage } from "@/app/i18n/local";

import type { BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import "./report.css";

type Assumption = BacktestResult["assumptions"][number];

/** Those that most often make a result too good stay in sight as short words. */
const TAGGED = ["no_price_limits", "no_t_plus_1", "adjusted_prices"] as const;
/** What holds for every run, or was chosen for it; anything else is peculiar to this one. */
const GENERAL: ReadonlySet<string> = new Set([
  ...TAGGED,
  "no_volume_limit",
  "next_open",
  "next_average",
  "same_close",
  "locked_boards",
  "price_limits_off",
  "settlement_off",
  "volume_share",
  "volume_unbounded",
  "lots_off",
  "limit_touched",
  "dated_costs",
  "constant_rates",
  "day_orders",
  "corporate_actions",
]);

const isGeneral = ({ code }: Assumption): boolean => GENERAL.has(code);

/** What is peculiar to this run, in full: nobody should read its figures without it. */
export function OwnAssumptions({ assumptions }: { assumptions: readonly Assumption[] }) {
  const language = useLanguage();
  const own = assumptions.filter((assumption) => !isGeneral(assumption));
  if (own.length === 0) return null;
  return (
    <div className="assumptions">
      {own.map((assumption, index) => (
        <p key={`${assumption.code}-${index}`} className="assumption-own">
          {localText(assumption, "message", language)}
        </p>
      ))}
    </div>
  );
}

/** How the orders of a run were filled: what holds for it in general, as a list. */
export function Assumptions({ assumptions }: { assumptions: readonly Assumption[] }) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  const general = assumptions.filter(isGeneral);
  const tags = TAGGED.filter((code) => general.some((assumption) => assumption.code === code));
  return (
    <section aria-label={t("assumptions")} className="assumptions">
      {tags.length > 0 && (
        <div className="badge-strip">
          {tags.map((code) => (
            <span key={code} className="tag">
              {t(`assumption.${code}`)}
            </span>
          ))}
        </div>
      )}
      <ul>
        {general.map((assumption) => (
          <li key={assumption.code}>{localText(assumption, "message", language)}</li>
        ))}
      </ul>
    </section>
  );
}
