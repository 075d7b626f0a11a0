interface EquityThumbProps {
  equity: readonly number[];
  benchmark: readonly number[];
  label: string;
  height?: number;
}

const WIDTH = 240;

/** A small curve of an account against its market; both begin at 1. */
export function EquityThumb({ equity, benchmark, label, height = 64 }: EquityThumbProps) {
  const all = [...equity, ...benchmark, 1];
  const low = Math.min(...all);
  const span = Math.max(...all) - low || 1;
  const y = (value: number) => height - 2 - ((value - low) / span) * (height - 4);
  const path = (values: readonly number[]) =>
    values.map((value, place) => `${place === 0 ? "M" : "L"}${((place / Math.max(1, values.length - 1)) * WIDTH).toFixed(1)},${y(value).toFixed(1)}`).join("");
  return (
    <svg className="equity-thumb" viewBox={`0 0 ${WIDTH} ${height}`} preserveAspectRatio="none" role="img" aria-label={label} style={{ height }}>
      <line x1={0} x2={WIDTH} y1={y(1)} y2={y(1)} className="thumb-one" />
      {benchmark.length > 1 && <path d={path(benchmark)} className="thumb-market" />}
      {equity.length > 1 && <path d={path(equity)} className="thumb-equity" />}
    </svg>
  );
}
