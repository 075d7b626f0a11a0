import { NavLink } from "react-router";

import { optimisationTexts } from "../i18n";
import "./runs-tabs.css";

/** The two lists of what ran: single backtests, and searches over parameters. */
export function RunsTabs() {
  const t = optimisationTexts.useText();
  return (
    <nav className="runs-tabs" aria-label={t("lists")}>
      <NavLink to="/backtests" end>
        {t("tabRuns")}
      </NavLink>
      <NavLink to="/backtests/optimisations">{t("tabOptimisations")}</NavLink>
    </nav>
  );
}
