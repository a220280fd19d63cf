// The string formats that schemas may name, each as one small check.
import { isIPv4, isIPv6 } from 'node:net';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const DATE_TIME = /^(\d{4})-?(\d{2})-?(\d{2})([T ]\d{2}(:?\d{2}(:?\d{2}([.,]\d{1,9})?)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

const isDateTime = (text: string): boolean => {
  const [, year, month, day] = DATE_TIME.exec(text) ?? [];
  if (!year || !month || !day) return false;
  return Number(day) >= 1 && Number(day) <= daysOf(Number(year), Number(month));
};

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** How many days a month has; 0 for a month that does not exist. */
const daysOf = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0));

const isCidr = (text: string): boolean => {
  const [address = '', prefix = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/.test(prefix)) return false;
  return (isIPv4(address) && Number(prefix) <= 32) || (isIPv6(address) && Number(prefix) <= 128);
};

const isRegex = (text: string): boolean => {
  try {
    // Without the u flag, which refuses some common, harmless escapes.
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
};

const isPrintable = (text: string): boolean => text !== '' && !UNPRINTABLE.test(text);

/** Format name to check. `name` and `name-with-blanks` are the API's own: printable, the first without blanks at either end. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  uuid: (text) => UUID.test(text),
  'date-time': isDateTime,
  ipv4: isIPv4,
  ipv6: isIPv6,
  ip: (text) => isIPv4(text) || isIPv6(text),
  cidr: isCidr,
  uri: (text) => URL.canParse(text),
  base64: (text) => BASE64.test(text.replace(/\s/g, '')),
  int32: (text) => /^-?\d{1,15}$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31,
  regex: isRegex,
  'mac-address': (text) => MAC.test(text),
  hostname: (text) => HOST_NAME.test(text),
  name: (text) => isPrintable(text) && text.trim() === text,
  'name-with-blanks': (text) => isPrintable(text) && text.trim() !== '',
  // A colon separates a zone from a host where a server asks for both.
  'zone-name': (text) => isPrintable(text) && text.trim() === text && !text.includes(':'),
};
