/** The periods of usage audits, which are months: from its first moment to that of the next. */
export interface Period {
  readonly begin: Date;
  readonly end: Date;
}

/** The last month that was over at a time. */
export function lastMonthBefore(at: Date): Period {
  const month = (back: number) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - back, 1));
  return { begin: month(1), end: month(0) };
}
