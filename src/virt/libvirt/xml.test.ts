import { expect, test } from 'vitest';
import { element, render } from './xml.ts';

const text = (value: string) => render(element('a', {}, value));

test.for([
  ['markup', '<b>&"\'', '<a>&lt;b&gt;&amp;&quot;&apos;</a>\n'],
  ['what looks escaped', '&lt;', '<a>&amp;lt;</a>\n'],
  ['the end of a section', ']]>', '<a>]]&gt;</a>\n'],
  ['line ends, which attributes would lose', 'a\n\t\r', '<a>a&#10;&#9;&#13;</a>\n'],
  ['what XML cannot say', 'a\u0000\u001b\ud800\uffff', '<a>a\ufffd\ufffd\ufffd\ufffd</a>\n'],
  ['letters of any script', 'é日🙂', '<a>é日🙂</a>\n'],
] as const)('%s survives in text', ([, value, expected]) => {
  expect(text(value)).toBe(expected);
});

test('attributes are escaped, missing children left out, elements indented', () => {
  const tree = element('a', { b: '"<\'>', c: 1 }, undefined, element('d'), [element('e', {}, 'f')]);
  expect(render(tree)).toBe('<a b="&quot;&lt;&apos;&gt;" c="1">\n  <d/>\n  <e>f</e>\n</a>\n');
});
