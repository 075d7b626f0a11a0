interface SparklineProps {
  values: readonly number[];
  label: string;
  width?: number;
  height?: number;
}

/** The shape of an equity curve in a table cell. */
export function Sparkline({ values, label, width = 112, height = 24 }: SparklineProps) {
  const first = values[0];
  const last = values.at(-1);
  if (first === undefined || last === undefined || values.length < 2) return null;
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const place = (value: number) => (span === 0 ? height / 2 : 1 + (1 - (value - low) / span) * (height - 2));
  const points = values.map((value, index) => `${((index / (values.length - 1)) * width).toFixed(1)},${place(value).toFixed(1)}`);
  return (
    <svg className={`sparkline ${last >= first ? "up" : "down"}`} width={width} height={height} role="img" aria-label={label}>
      <polyline points={points.join(" ")} fill="none" stroke="currentColor" strokeWidth="1.25" />
    </svg>
  );
}
