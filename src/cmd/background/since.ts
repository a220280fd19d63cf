import type { Clock } from '../../lib/clock/clock.ts';

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
] as const;

/** Since when something runs, for people: `since 2026-11-30T06:50:00Z (5 minutes)`. */
export function sinceOf(startedAt: string, clock: Pick<Clock, 'now'>): string {
  const seconds = Math.max(0, Math.round((clock.now().getTime() - Date.parse(startedAt)) / 1_000));
  const unit = UNITS.find((one) => seconds >= one.seconds) ?? { name: 'second', seconds: 1 };
  const count = Math.floor(seconds / unit.seconds);
  return `since ${startedAt.replace(/\.\d+Z$/, 'Z')} (${count} ${unit.name}${count === 1 ? '' : 's'})`;
}
