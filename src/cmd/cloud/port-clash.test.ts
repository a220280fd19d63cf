import { expect, test } from 'vitest';
import { loadNovaConfig, portOf } from '../nova-config.ts';
import { clashing } from './port-clash.ts';

const at = (offset: number) => {
  const config = loadNovaConfig({ machine: { isRoot: false, hostname: 'h' }, env: { NOVA_PORT_OFFSET: String(offset) } });
  return clashing({ first: 32_768, last: 60_999 }, (name) => portOf(config, name));
};

test.each([0, 7_000, 23_071])('at offset %i no port is among those of outgoing connections', (offset) => {
  expect(at(offset)).toEqual([]);
});

test('the first ports to clash are the highest', () => {
  expect(at(23_072)).toEqual(['network']);
  expect(at(24_000)).toEqual(['compute', 'metadata', 'ec2', 'image', 'volume', 'network']);
});
