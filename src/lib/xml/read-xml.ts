// Reads small XML documents of strangers: elements and texts only, no attributes, no entities but the predefined and numeric ones.
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** What elements hold, by their names. */
export interface XmlFields {
  readonly [name: string]: readonly (string | XmlFields)[] | undefined;
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  removeNSPrefix: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  isArray: () => true,
});

/** What the root element of that name holds; undefined when the document is malformed, has another root, or declares entities. */
export function readXml(document: string, root: string): XmlFields | undefined {
  if (/<!(DOCTYPE|ENTITY)/i.test(document) || XMLValidator.validate(document) !== true) return undefined;
  // Seam: by its options, the parser makes lists of texts and such objects.
  const { [root]: found, ...others } = parser.parse(document) as XmlFields;
  const [value] = found ?? [];
  if (value === undefined || found?.length !== 1 || Object.keys(others).some((name) => name !== '#text')) return undefined;
  return typeof value === 'string' ? {} : value;
}

/** The elements of a name that hold others. */
export const fieldsIn = (from: XmlFields, name: string): readonly XmlFields[] =>
  (from[name] ?? []).map((value) => (typeof value === 'string' ? {} : value));

/** The text of the first element of a name; empty where it has none, undefined where there is no such element. */
export function textOf(from: XmlFields, name: string): string | undefined {
  const value = from[name]?.[0];
  if (value === undefined) return undefined;
  if (typeof value === 'string') return decoded(value);
  const text = value['#text']?.[0];
  return typeof text === 'string' ? decoded(text) : '';
}

const ENTITY = /&(#x[0-9a-f]{1,6}|#\d{1,7}|amp|lt|gt|quot|apos);/gi;
const named = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }));
const MAX_POINT = 0x10ffff;

const decoded = (text: string): string =>
  text.replace(ENTITY, (whole, entity: string) => {
    if (!entity.startsWith('#')) return named.get(entity) ?? whole;
    const point = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return point <= MAX_POINT ? String.fromCodePoint(point) : whole;
  });
