/** One measured thing. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: 's' | 'MB' | '/s';
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** A raw server handed out the same bytes so many times as often. */
  readonly timesSlowerThanRaw?: number;
}

const HEAD = ['what', 'value', 'p50 ms', 'p99 ms', 'raw server / this'];

/** Figures for people. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '))
    .join('\n');
}

const rowOf = ({ what, value, unit, p50Ms, p99Ms, timesSlowerThanRaw }: Figure): string[] => [
  what,
  `${value.toFixed(unit === 's' ? 2 : 1)} ${unit}`,
  p50Ms?.toFixed(1) ?? '',
  p99Ms?.toFixed(1) ?? '',
  timesSlowerThanRaw?.toFixed(1) ?? '',
];
