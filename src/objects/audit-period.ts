/** The periods of usage audits: hours, days, months or years that begin at an offset, as in `month@15`. */
export interface Period {
  readonly begin: Date;
  readonly end: Date;
}

/** How long periods are, and where they begin: at a minute of the hour, an hour of the day, a day of the month, a month of the year. */
export interface Auditing {
  readonly unit: 'hour' | 'day' | 'month' | 'year';
  readonly offset: number;
}

/** The unit of audits, and the largest offset in it. */
const UNITS: Readonly<Record<string, number>> = { hour: 59, day: 23, month: 28, year: 12 };

/** Whole months, which is what is audited if nothing else is said. */
export const MONTHLY: Auditing = { unit: 'month', offset: 0 };

/** `month`, `day@6`; undefined if it is none. */
export function auditingIn(text: string): Auditing | undefined {
  const [, unit = '', offset = '0'] = /^([a-z]+)(?:@(\d{1,2}))?$/.exec(text) ?? [];
  // Seam: the table has no other units.
  return Number(offset) <= (UNITS[unit] ?? -1) ? { unit: unit as Auditing['unit'], offset: Number(offset) } : undefined;
}

/** The last period that was over at a time. */
export function lastPeriodBefore(at: Date, auditing: Auditing): Period {
  const next = beginning(at, auditing, 0) <= at ? 0 : 1;
  return { begin: beginning(at, auditing, next + 1), end: beginning(at, auditing, next) };
}

/** The beginning of the period that many units before the one that the time is in; offsets of days and months count from 1. */
function beginning(at: Date, { unit, offset }: Auditing, back: number): Date {
  const [year, month, day, hour] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate(), at.getUTCHours()];
  switch (unit) {
    case 'year':
      return new Date(Date.UTC(year - back, Math.max(offset, 1) - 1, 1));
    case 'month':
      return new Date(Date.UTC(year, month - back, Math.max(offset, 1)));
    case 'day':
      return new Date(Date.UTC(year, month, day - back, offset));
    case 'hour':
      return new Date(Date.UTC(year, month, day, hour - back, offset));
  }
}
