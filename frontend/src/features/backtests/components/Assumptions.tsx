import { localText, useLanguage } from "@/app/i18n/local";

import type { BacktestResult } from "../api";
import { backtestTexts } from "../i18n";
import "./report.css";

type Assumption = BacktestResult["assumptions"][number];

/** Those that most often make a result too good stay in sight as short words. */
const TAGGED = ["no_price_limits", "no_t_plus_1", "adjusted_prices"] as const;
/** What holds for every run; anything else is peculiar to this one. */
const GENERAL: ReadonlySet<string> = new Set([...TAGGED, "no_volume_limit", "next_open", "constant_rates"]);

const isGeneral = ({ code }: Assumption): boolean => GENERAL.has(code);

/** How the run was made: the general assumptions folded into a line, what is peculiar to this run in full. */
export function Assumptions({ assumptions }: { assumptions: readonly Assumption[] }) {
  const t = backtestTexts.useText();
  const language = useLanguage();
  if (assumptions.length === 0) return null;
  const text = (assumption: Assumption) => localText(assumption, "message", language);
  const general = assumptions.filter(isGeneral);
  const own = assumptions.filter((assumption) => !isGeneral(assumption));
  return (
    <section aria-label={t("assumptions")} className="assumptions">
      {general.length > 0 && (
        <details>
          <summary>
            <span>{t("assumptionsCount", { count: general.length })}</span>
            {TAGGED.filter((code) => general.some((assumption) => assumption.code === code)).map((code) => (
              <span key={code} className="tag">
                {t(`assumption.${code}`)}
              </span>
            ))}
          </summary>
          <ul>
            {general.map((assumption) => (
              <li key={assumption.code}>{text(assumption)}</li>
            ))}
          </ul>
        </details>
      )}
      {own.map((assumption, index) => (
        <p key={`${assumption.code}-${index}`} className="assumption-own">
          {text(assumption)}
        </p>
      ))}
    </section>
  );
}
