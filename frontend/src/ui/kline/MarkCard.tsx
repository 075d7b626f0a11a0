import { CloseOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { formatNumber, formatPrice } from "@/ui/format";
import { uiTexts } from "@/ui/i18n";

import type { BarEvent, TradeMark } from "./types";

/** As drawn on the chart: filled, refused. */
const MARKS = { buy: ["▲", "△"], sell: ["▼", "▽"] } as const;

interface MarkCardProps {
  time: string;
  marks: readonly TradeMark[];
  events: readonly BarEvent[];
  tick: number;
  /** Present when the card is pinned. */
  onClose: (() => void) | undefined;
}

/** The orders of one bar: shown under the pointer, kept by a click. */
export function MarkCard({ time, marks, events, tick, onClose }: MarkCardProps) {
  const t = uiTexts.useText();
  return (
    <section className="kline-marks" aria-live="polite">
      <header>
        {t("pinned", { date: time })}
        {onClose !== undefined && (
          <Button type="text" size="small" icon={<CloseOutlined aria-hidden />} aria-label={t("unpin")} onClick={onClose} />
        )}
      </header>
      <ul>
        {marks.map(({ side, refused, price, quantity, note }, index) => (
          <li key={index}>
            <span className={side === "buy" ? "up" : "down"}>
              {MARKS[side][refused ? 1 : 0]} {t(side)}
            </span>{" "}
            {formatNumber(quantity, { digits: 0 })} {price !== null && `@ ${formatPrice(price, tick)}`}{" "}
            {refused && t("refused")} {note}
          </li>
        ))}
        {events.map(({ letter, text }, index) => (
          <li key={`event-${index}`}>
            <span aria-hidden>{letter}</span> {text}
          </li>
        ))}
      </ul>
    </section>
  );
}
