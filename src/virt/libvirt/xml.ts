// Builds XML as a tree; escapes it once, on output. Reading is in read-xml.ts.

/** An element; text among its children is escaped when it is written. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (XmlElement | string)[];
}

type Child = XmlElement | string | undefined | readonly XmlElement[];

/** Makes an element; children that are undefined are left out, lists of elements are spread. */
export const element = (name: string, attributes: XmlElement['attributes'] = {}, ...children: readonly Child[]): XmlElement => ({
  name,
  attributes,
  children: children.flat().filter((child) => child !== undefined),
});

/** The element as text, indented; elements that hold text stay on one line. */
export const render = ({ name, attributes, children }: XmlElement, indent = ''): string => {
  const open = `${indent}<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escape(String(value))}"`)
    .join('')}`;
  if (children.length === 0) return `${open}/>\n`;
  if (children.every((child) => typeof child === 'string')) return `${open}>${children.map(escape).join('')}</${name}>\n`;
  const inside = children.map((child) => (typeof child === 'string' ? escape(child) : render(child, `${indent}  `)));
  return `${open}>\n${inside.join('')}${indent}</${name}>\n`;
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

// What XML 1.0 cannot represent: control characters except tab and line ends, and the two non-characters.
const unrepresentable = /(?![\t\n\r])[\p{Cc}\ufffe\uffff]/gu;

/** Escapes a text for XML; what XML cannot represent becomes a replacement character. */
const escape = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(unrepresentable, '\ufffd')
    .replaceAll(/[&<>"']/g, (char) => entities[char] ?? char)
    .replaceAll(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`);
