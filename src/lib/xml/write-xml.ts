// Writes values as XML: the names of fields are those of elements.

/** What an element holds. Lists repeat their element, undefined leaves it out, null makes it empty. A name that begins with @ is an attribute's. */
export type XmlValue = string | number | boolean | Date | null | undefined | readonly XmlValue[] | { readonly [name: string]: XmlValue };

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A document with a root element, in a namespace if one is given. */
export const xmlDocument = (root: string, value: XmlValue, namespace?: string): string =>
  `${DECLARATION}<${root}${namespace === undefined ? '' : ` xmlns="${escaped(namespace)}"`}>${inside(value)}</${root}>`;

function inside(value: XmlValue): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return escaped(String(value));
  if (isList(value)) return value.map(inside).join('');
  return Object.entries(value)
    .filter(([name]) => !isAttribute(name))
    .map(([name, held]) => (isList(held) ? held.map((one) => elementOf(name, one)).join('') : elementOf(name, held)))
    .join('');
}

const isList = (value: XmlValue): value is readonly XmlValue[] => Array.isArray(value);

function elementOf(name: string, value: XmlValue): string {
  if (value === undefined) return '';
  const fields = typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Date) ? Object.entries(value) : [];
  const attributes = fields.flatMap(([key, held]) => (isAttribute(key) ? [` ${key.slice(1)}="${escaped(String(held))}"`] : []));
  return `<${name}${attributes.join('')}>${inside(value)}</${name}>`;
}

const isAttribute = (key: string): boolean => key.startsWith('@');

/** Control characters are written as numbers, as Amazon does: not all parsers take them, but no name is altered. */
const escaped = (text: string): string =>
  text.replace(/[&<>"\ufffe\uffff]|(?![\t\n])\p{Cc}/gu, (one) => names.get(one) ?? `&#x${one.charCodeAt(0).toString(16).toUpperCase()};`);

const names = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);
