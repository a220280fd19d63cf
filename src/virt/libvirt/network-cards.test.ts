import { expect, test } from 'vitest';
import { sampleVif } from '../guest-samples.ts';
import { networkCard } from './definition/devices.ts';
import { domainSamples } from './domain-samples.ts';
import { domainXml } from './domain-xml.ts';
import { cardIn, likeFirst } from './network-cards.ts';
import { readXml } from './read-xml.ts';
import { element, render } from './xml.ts';

const definitionOf = (name: string): string => {
  const parts = domainSamples[name];
  if (!parts) throw new Error(`there is no sample ${name}`);
  return domainXml(parts);
};

test.each([
  ['other-devices', element('model', { type: 'e1000' })],
  ['cpus-and-queues', element('driver', { queues: 4, packed: 'on' })],
  ['limits', element('outbound', { average: 500 })],
])('a card that comes later is of the kind of the first one: %s', (name, kind) => {
  expect(render(likeFirst(networkCard(sampleVif(7)), definitionOf(name)), '').replaceAll(/\n */g, '\n')).toContain(render(kind));
});

test('a guest without cards gets the usual one', () => {
  const card = networkCard(sampleVif(7));
  expect(likeFirst(card, definitionOf('all-disks'))).toEqual(card);
});

test('a card is found by its address, in whatever case', () => {
  const { macAddress } = sampleVif(1);
  const found = cardIn(definitionOf('limits'), macAddress.toUpperCase());
  expect(found && readXml(found).name).toBe('interface');
  expect(cardIn(definitionOf('limits'), 'fa:16:3e:ff:ff:ff')).toBeUndefined();
});
