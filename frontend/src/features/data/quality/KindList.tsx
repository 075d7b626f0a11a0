import { useLanguage } from "@/app/i18n/local";
import { formatExact } from "@/ui/format";

import type { Kind, KindCount } from "./api";
import { qualityTexts } from "./i18n";
import { barWidth } from "./logic";

interface KindListProps {
  title: string;
  kinds: readonly KindCount[];
  chosen: Kind | null;
  onChoose: (kind: Kind | null) => void;
}

/** How often each kind was found, as a list of bars; a click keeps the symbols that have it. */
export function KindList({ title, kinds, chosen, onChoose }: KindListProps) {
  const t = qualityTexts.useText();
  const language = useLanguage();
  const most = kinds.reduce((largest, { count }) => Math.max(largest, count), 0);
  return (
    <section aria-label={t("kinds")} className="quality-kinds">
      <h2>
        {t("kinds")} <span className="soft">{title}</span>
      </h2>
      {kinds.length === 0 && <p className="soft">{t("cleared")}</p>}
      <ul>
        {kinds.map((one) => (
          <li key={one.kind}>
            <button
              type="button"
              aria-pressed={one.kind === chosen}
              title={t("kindFilter", { kind: one[language] })}
              data-severity={one.severity}
              onClick={() => onChoose(one.kind === chosen ? null : one.kind)}
            >
              <span className="quality-kind-name">
                <span className="quality-severity">{t(`severity.${one.severity}`)}</span> {one[language]}
              </span>
              <span className="quality-kind-count">{formatExact(one.count)}</span>
              <span className="quality-kind-bar" style={{ width: `${barWidth(one.count, most) * 100}%` }} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
