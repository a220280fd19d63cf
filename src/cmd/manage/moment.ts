/** A time on a command line: `2026-11-30`, `2026-11-30 12:14:00`, with a zone or in UTC. @returns undefined when it is none */
export function momentOf(text: string): Date | undefined {
  const named = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?\s*(Z|[+-]\d{2}:?\d{2})?$/.exec(text.trim());
  if (!named) return undefined;
  const [, day = '', time = '00:00', zone = 'Z'] = named;
  const moment = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}
