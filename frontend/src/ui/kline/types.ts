/** Bars as columns of equal length, oldest first. */
export interface KLineBars {
  /** Trading dates, or instants for minute bars. */
  time: readonly string[];
  open: readonly number[];
  high: readonly number[];
  low: readonly number[];
  close: readonly number[];
  /** Shares. */
  volume: readonly number[];
  /** Yuan. */
  amount?: readonly (number | null)[];
  /** Fraction against the exchange's previous close; without it, against the bar before. */
  change?: readonly (number | null)[];
  suspended?: readonly boolean[];
  /** Units of volume in one lot: 100 shares unless told, 1 contract. */
  lot?: number;
}

/** A line over the bars or in a pane; null where it has no value yet. */
export interface KLineLine {
  name: string;
  values: readonly (number | null)[];
}

/** An indicator in a pane of its own. */
export interface KLinePane {
  key: string;
  title: string;
  lines: readonly KLineLine[];
  /** Decimals of its figures; default 2. */
  digits?: number;
  /** Columns around zero, coloured by their sign: MACD. */
  histogram?: KLineLine;
}

/** What became of an order, drawn at its bar. */
export interface TradeMark {
  /** The bar's time. */
  time: string;
  side: "buy" | "sell";
  /** A refused order is drawn hollow. */
  refused: boolean;
  /** Absent for a refused market order. */
  price: number | null;
  /** Shares. */
  quantity: number;
  /** Why it was refused. */
  note?: string;
}

/** Something that happened to the stock itself, drawn as a lettered box below its bar. */
export interface BarEvent {
  /** The bar's time. */
  time: string;
  /** One character. */
  letter: string;
  text: string;
}
