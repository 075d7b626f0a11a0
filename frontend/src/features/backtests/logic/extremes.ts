/** Keep the `most` largest and the `most` smallest of rows that come largest first; only gains count as gains, losses as losses. */
export function extremes<Row>(rows: readonly Row[], most: number, value: (row: Row) => number): Row[] {
  const gains = rows.filter((row) => value(row) > 0).slice(0, most);
  const losses = rows.filter((row) => value(row) < 0).slice(-most);
  return [...gains, ...losses];
}
