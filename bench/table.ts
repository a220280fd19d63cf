import type { Pace } from './load.ts';
import { type Measured, type Yardstick, yardsticks } from './yardsticks.ts';

/** A measurement with its target. */
export interface Figure extends Measured {
  readonly what: string;
  readonly target?: string;
  readonly isReached?: boolean;
  /** The value of a real Nova. */
  readonly nova?: string;
}

/** What a table shows of a pace. */
export const perSecond = ({ perSecond: value, p50Ms, p99Ms }: Pace) => ({ value, unit: '/s', p50Ms, p99Ms }) as const;

/** Compares a measurement with its target. */
export function figure(kind: keyof typeof yardsticks, what: string, measured: Measured): Figure {
  const { target, isReached, nova }: Yardstick = yardsticks[kind];
  return {
    what,
    ...measured,
    ...(target === undefined || !isReached ? {} : { target, isReached: isReached(measured) }),
    ...(nova === undefined ? {} : { nova }),
  };
}

const HEAD = ['what', 'value', 'p50 ms', 'p99 ms', 'of raw', 'target', 'a real Nova'];
/** Text columns; numbers are right-aligned. */
const WORDS = [0, 5, 6];

/** Figures as an aligned table. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const aligned = (cell: string, column: number) =>
    WORDS.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(aligned).join('  ').trimEnd()).join('\n');
}

/** The same in Markdown, for the documentation. */
export function markdownOf(figures: readonly Figure[]): string {
  const rule = HEAD.map((_, column) => (WORDS.includes(column) ? '---' : '---:'));
  return [HEAD, rule, ...figures.map(rowOf)].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const rowOf = ({ what, value, unit, p50Ms, p99Ms, shareOfRaw, target, isReached, nova }: Figure): string[] => [
  what,
  `${value.toFixed(unit === 's' ? 2 : unit.endsWith('B') ? 0 : 1)}${unit === '/s' ? '' : ' '}${unit}`,
  p50Ms?.toFixed(1) ?? '',
  p99Ms?.toFixed(1) ?? '',
  shareOfRaw?.toFixed(3) ?? '',
  target === undefined ? '' : `${target}${isReached ? '' : ', missed'}`,
  nova ?? '',
];
