import { formatExact, formatPercent } from "@/ui/format";

import type { MarketDay } from "./api";
import { overviewTexts } from "./i18n";
import "./breadth.css";

/** Up, flat and down as one bar with its numbers. */
export function BreadthBar({ breadth: { advancing, declining, unchanged } }: { breadth: MarketDay["breadth"] }) {
  const t = overviewTexts.useText();
  const traded = advancing + declining + unchanged;
  if (traded === 0) return null;
  const parts = [
    { key: "up", count: advancing },
    { key: "flat", count: unchanged },
    { key: "down", count: declining },
  ] as const;
  return (
    <div className="breadth" role="group" aria-label={t("breadth")}>
      <div className="breadth-bar" aria-hidden="true">
        {parts.map(({ key, count }) => (
          <span key={key} data-part={key} style={{ flexGrow: count }} />
        ))}
      </div>
      <div className="breadth-text">
        <span className="up">
          ▲ {t("advancing")} {formatExact(advancing)} <span className="soft">{formatPercent(advancing / traded, { digits: 0 })}</span>
        </span>
        <span className="soft">
          {t("unchanged")} {formatExact(unchanged)}
        </span>
        <span className="down">
          <span className="soft">{formatPercent(declining / traded, { digits: 0 })}</span> {t("declining")} {formatExact(declining)} ▼
        </span>
      </div>
    </div>
  );
}
