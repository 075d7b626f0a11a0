import { useQuery } from "@tanstack/react-query";
import { Tooltip } from "antd";
import { Link } from "react-router";

import { overviewQuery } from "@/features/market/api";
import { formatDate } from "@/ui/format";

import { shellTexts } from "./i18n";

/** A long weekend and a day: older data than this deserves a look. */
const OLD_DAYS = 5;
const DAY_MS = 86_400_000;

/** The day the stored market data ends on, and whether that market is a simulated one. */
export function DataAge() {
  const t = shellTexts.useText();
  const { data, dataUpdatedAt } = useQuery(overviewQuery);
  if (data === undefined) return null;
  const { date, simulated } = data;
  if (date === null) {
    return (
      <Link to="/data" className="data-age" data-old="true">
        {t("noData")}
      </Link>
    );
  }
  const days = Math.floor((dataUpdatedAt - Date.parse(`${date}T00:00:00+08:00`)) / DAY_MS);
  const old = !simulated && days > OLD_DAYS;
  return (
    <Tooltip title={simulated ? t("simulatedTip") : t(old ? "dataOldTip" : "dataTip", { days })}>
      <Link to="/data" className="data-age" data-old={old} data-simulated={simulated}>
        <span className="data-age-word">{t(simulated ? "simulated" : "dataTo")}</span> {formatDate(date)}
      </Link>
    </Tooltip>
  );
}
