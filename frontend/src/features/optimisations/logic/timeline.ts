/** The folds of a walk-forward as bars on one line of days. */
export interface FoldDays {
  number: number;
  train_start: string;
  train_end: string;
  test_start: string;
  test_end: string;
}

export interface Bar {
  /** Percent of the whole width. */
  left: number;
  width: number;
}

/** Place the training and the test of each fold between the first and the last day of all. */
export function timeline(folds: readonly FoldDays[]): { number: number; train: Bar; test: Bar }[] {
  const day = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;
  const first = Math.min(...folds.map(({ train_start }) => day(train_start)));
  // A last day is part of its bar.
  const span = Math.max(...folds.map(({ test_end }) => day(test_end))) + 1 - first;
  const bar = (start: string, end: string): Bar => ({ left: ((day(start) - first) / span) * 100, width: ((day(end) + 1 - day(start)) / span) * 100 });
  return folds.map(({ number, train_start, train_end, test_start, test_end }) => ({ number, train: bar(train_start, train_end), test: bar(test_start, test_end) }));
}
