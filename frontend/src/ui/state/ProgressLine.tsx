import { usePrefs } from "@/app/prefs";
import { formatCompact, formatDuration, formatPercent } from "@/ui/format";
import { uiTexts } from "@/ui/i18n";

import "./states.css";

interface ProgressLineProps {
  /** Names the work for screen readers. */
  label: string;
  /** 0..1; null while it is not known. */
  fraction: number | null;
  status?: "running" | "done" | "failed";
  /** Units done per second. */
  rate?: number | null;
  /** What the rate counts, e.g. "根 K 线". */
  unit?: string;
  secondsLeft?: number | null;
  /** What is being done now. */
  note?: string | undefined;
}

/** Progress of long work with its rate and the time left. */
export function ProgressLine({ label, fraction, status = "running", rate, unit = "", secondsLeft, note }: ProgressLineProps) {
  const t = uiTexts.useText();
  const language = usePrefs((prefs) => prefs.language);
  const unknown = fraction === null && status === "running";
  const share = status === "done" ? 1 : Math.min(1, Math.max(0, fraction ?? 0));
  const parts: string[] = [];
  if (status === "running" && rate !== null && rate !== undefined) {
    parts.push(t("perSecond", { count: formatCompact(rate, language, { digits: rate < 100 ? 1 : 0 }), unit }));
  }
  if (status === "running" && secondsLeft !== null && secondsLeft !== undefined) {
    parts.push(t("timeLeft", { time: formatDuration(secondsLeft, language) }));
  }
  return (
    <div className="progress-line" data-status={status} {...(unknown ? { "data-unknown": "" } : {})}>
      <div
        className="progress-line-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(unknown ? {} : { "aria-valuenow": Math.round(share * 100) })}
      >
        <div className="progress-line-fill" style={unknown ? undefined : { width: `${share * 100}%` }} />
      </div>
      <div className="progress-line-text">
        <span>
          {unknown ? "" : formatPercent(share, { digits: 0 })} {note}
        </span>
        <span>{parts.join(" · ")}</span>
      </div>
    </div>
  );
}
