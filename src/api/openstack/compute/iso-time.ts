import { InvalidInput } from '../../../lib/versioning/validation.ts';

const FORM = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2})(?::?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** A time as queries give it, in any of ISO 8601's forms that pass the format `date-time`; without a zone it is UTC. Throws InvalidInput. */
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
