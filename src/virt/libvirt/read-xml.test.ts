import { expect, test } from 'vitest';
import { domainSamples } from './domain-samples.ts';
import { domainXml } from './domain-xml.ts';
import { attributeOf, changed, childrenOf, elementAt, readXml, textIn } from './read-xml.ts';
import { element, render } from './xml.ts';

test.for(Object.entries(domainSamples))('what is written is read as it was: %s', ([, parts]) => {
  const written = domainXml(parts);
  expect(render(readXml(written))).toBe(written);
});

// Quotes, numbers and layout as libvirt writes them.
const document = readXml(`<?xml version='1.0' encoding='UTF-8'?>
<!-- made by libvirt -->
<domain type='qemu'>
  <name>caf&#xE9; &amp;lt; &#128578;</name>
  <memory unit='KiB'>007</memory>
  <devices>
    <disk type='file' odd=' blank '/><interface/>
    <disk type='block'/>
  </devices>
</domain>
`);

test('elements, texts and attributes are found; what is not there is undefined', () => {
  expect(attributeOf(document, 'type')).toBe('qemu');
  expect(textIn(elementAt(document, 'name'))).toBe('café &lt; 🙂');
  expect(textIn(elementAt(document, 'memory'))).toBe('007');
  const disks = childrenOf(elementAt(document, 'devices'), 'disk');
  expect(disks.map((disk) => attributeOf(disk, 'type'))).toEqual(['file', 'block']);
  expect(attributeOf(disks[0], 'odd')).toBe(' blank ');
  expect(elementAt(document, 'os', 'loader')).toBeUndefined();
  expect([textIn(undefined), attributeOf(document, 'toString'), textIn(elementAt(document, 'devices'))]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('what is no document has no root', () => {
  for (const text of ['', ' ', 'text', '<?xml version="1.0"?>']) expect(readXml(text)).toEqual(element(''));
});

test('elements are changed wherever they are', () => {
  const without = changed(document, (one) => (one.name === 'disk' ? element('gone') : one));
  expect(childrenOf(elementAt(without, 'devices'), 'gone').length).toBe(2);
});
