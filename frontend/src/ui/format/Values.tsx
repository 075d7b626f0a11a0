import { usePrefs } from "@/app/prefs";

import { ABSENT, formatCompact, formatExact, formatNumber, formatPercent, type Numeric, type NumberOptions } from "./numbers";

function direction(value: Numeric): "up" | "down" | undefined {
  const number = value === null || value === undefined ? 0 : Number(value);
  return number > 0 ? "up" : number < 0 ? "down" : undefined;
}

interface MoneyProps extends NumberOptions {
  /** Yuan, as the API's decimal string. */
  value: Numeric;
  /** Colour a gain or loss; the sign is then always written. */
  coloured?: boolean;
}

/** Money in 万/亿 or K/M, exact on hover. */
export function Money({ value, coloured = false, ...options }: MoneyProps) {
  const language = usePrefs((prefs) => prefs.language);
  return (
    <span className={coloured ? direction(value) : undefined} title={formatExact(value)}>
      {formatCompact(value, language, { sign: coloured, ...options })}
    </span>
  );
}

interface ChangeProps {
  /** A fraction (kind percent) or a plain number. */
  value: Numeric;
  kind?: "percent" | "number";
  digits?: number;
}

/** A gain or loss: arrow, sign and colour, so that colour is never the only mark. */
export function Change({ value, kind = "percent", digits = 2 }: ChangeProps) {
  const format = kind === "percent" ? formatPercent : formatNumber;
  const text = format(value, { sign: true, digits });
  const way = direction(value);
  if (text === ABSENT || way === undefined) return <span>{text}</span>;
  return (
    <span className={`${way} nowrap`}>
      <span aria-hidden="true" style={{ fontSize: "0.8em" }}>
        {way === "up" ? "▲" : "▼"}
      </span>{" "}
      {text}
    </span>
  );
}
