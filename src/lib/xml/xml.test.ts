import { expect, test } from 'vitest';
import { fieldsIn, readXml, textOf } from './read-xml.ts';
import { xmlDocument } from './write-xml.ts';

test('values become elements', () => {
  const value = { A: 'x', B: [1, true], C: { '@a:t': '"', D: null, E: undefined }, F: [], G: new Date(0) };
  expect(xmlDocument('R', value, 'urn:"n"')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<R xmlns="urn:&quot;n&quot;"><A>x</A><B>1</B><B>true</B><C a:t="&quot;"><D></D></C><G>1970-01-01T00:00:00.000Z</G></R>',
  );
});

test.each(['<&>"\'', '\u0001\r\n\t', ']]>', '<!--', '&amp;', 'é\u{1F600}', ' blanks '])('%j is read as it was written', (text) => {
  const read = readXml(xmlDocument('R', { K: [text, 'second'], L: { K: text } }), 'R');
  expect(read && textOf(read, 'K')).toBe(text);
  expect(read && fieldsIn(read, 'L').map((one) => textOf(one, 'K'))).toEqual([text]);
});

test('namespaces and declarations are no matter; an empty element has no text', () => {
  const read = readXml('<?xml version="1.0"?>\n<a:R xmlns:a="urn:x" b="c"><a:K/><L>x&#x41;&#66;</L></a:R>\n', 'R');
  expect(read && [textOf(read, 'K'), textOf(read, 'L'), textOf(read, 'M')]).toEqual(['', 'xAB', undefined]);
});

test.each(['', 'x', '<R>', '<R></S>', '<S/>', '<R/><R/>', '<!DOCTYPE R [<!ENTITY a "b">]><R>&a;</R>', '<R>&a', '{}'])(
  '%j is refused',
  (text) => {
    expect(readXml(text, 'R')).toBeUndefined();
  },
);
