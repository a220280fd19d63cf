import { InvalidInput } from '../../../lib/versioning/validation.ts';

const FORM = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** Parses a time in a query, in any ISO 8601 form that the format `date-time` accepts; the default zone is UTC. Throws InvalidInput. */
export function isoTime(text: string): Date {
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '0', zone = 'Z'] = FORM.exec(text) ?? [];
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${zoneOf(zone)}`);
  if (Number.isNaN(at.getTime())) throw InvalidInput({ message: `Invalid time ${text}` });
  return at;
}

/** @example '+02' is +02:00 */
function zoneOf(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
