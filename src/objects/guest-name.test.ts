import { expect, test } from 'vitest';
import { GUEST_NAME_TEMPLATE, guestName } from './guest-name.ts';
import { asId, type ServerId } from './ids.ts';

const id = asId<ServerId>('5a5e6863-e4f8-4a71-8da1-adeff9c4cb79');

test.each([
  ['instance-%08x', 'instance-0000002a'],
  ['east-%x', 'east-2a'],
  ['%03d.east', '042.east'],
  ['%d', '42'],
  ['vm-%(uuid)s', `vm-${id}`],
])('the template %s makes %s', (guestNameTemplate, name) => {
  expect(guestNameTemplate).toMatch(GUEST_NAME_TEMPLATE);
  expect(guestName({ guestNameTemplate, number: 42, id })).toBe(name);
});

test.each(['instance', 'a/%x', '%x%x', '%s', '%8x', '%(name)s', `${'a'.repeat(41)}%x`, '', '%x\n'])('%j is no template', (text) => {
  expect(text).not.toMatch(GUEST_NAME_TEMPLATE);
});
