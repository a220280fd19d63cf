import { XMLParser } from 'fast-xml-parser';
import { element, type XmlElement } from './xml.ts';

// Reads XML that libvirt wrote, as the tree from which xml.ts writes it again.

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  // Texts stay texts, and attributes keep their blanks: a directory may end with one.
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // libvirt writes what is not ASCII as numbers.
  htmlEntities: true,
});

/** The root element of a document; one without any has an empty name. */
export function readXml(document: string): XmlElement {
  // Seam: the parser's form of a document, a list of nodes.
  const nodes = parser.parse(document) as readonly Node[];
  return childrenIn(nodes).find((child) => typeof child !== 'string') ?? element('');
}

/** A node as the parser has it: its name with its children, its attributes under `:@`, or a text. */
type Node = Readonly<Record<string, unknown>>;

const ATTRIBUTES = ':@';
const TEXT = '#text';

function childrenIn(nodes: readonly Node[]): (XmlElement | string)[] {
  return nodes.flatMap((node): (XmlElement | string)[] => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
    if (name === undefined || name.startsWith('?')) return [];
    // Blanks between elements are only their layout.
    if (name === TEXT) return String(node[TEXT]).trim() === '' ? [] : [String(node[TEXT])];
    // Seam: as above, of the parser.
    const [attributes, children] = [node[ATTRIBUTES] as XmlElement['attributes'] | undefined, node[name] as readonly Node[]];
    return [{ name, attributes: attributes ?? {}, children: childrenIn(children) }];
  });
}

/** The child elements of this name. */
export const childrenOf = (parent: XmlElement | undefined, name: string): readonly XmlElement[] =>
  (parent?.children ?? []).filter((child): child is XmlElement => typeof child !== 'string' && child.name === name);

/** The first element down this path of names, if there is one. */
export const elementAt = (from: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined =>
  path.reduce<XmlElement | undefined>((parent, name) => childrenOf(parent, name)[0], from);

/** The text in an element, if it has any. */
export const textIn = (from: XmlElement | undefined): string | undefined => from?.children.find((child) => typeof child === 'string');

/** An attribute of an element, if it has it. */
export const attributeOf = (from: XmlElement | undefined, name: string): string | undefined => {
  const value = from && Object.hasOwn(from.attributes, name) ? from.attributes[name] : undefined;
  return value === undefined ? undefined : String(value);
};

/** The same tree with elements changed, the innermost first. */
export const changed = (from: XmlElement, change: (one: XmlElement) => XmlElement): XmlElement =>
  change({ ...from, children: from.children.map((child) => (typeof child === 'string' ? child : changed(child, change))) });
