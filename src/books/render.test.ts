import { expect, test } from 'vitest';
import type { Invariant } from './invariant.ts';
import { renderRepairs, renderVerdict } from './render.ts';

const invariant = (name: string, more: Partial<Invariant> = {}): Invariant => ({
  name,
  sentence: 'All is well.',
  isSelfHealing: false,
  find: async () => [],
  ...more,
});
const breach = { subject: 's', what: 'Something is not.', evidence: { host: 'h', claimed: null }, repair: 'Make it so.' };

const told = (repaired: string) => ['        Something is not.', '          host=h claimed=null', `          repair: ${repaired}`];

test('a consistent cloud is one line for each invariant, and what was not checked', () => {
  const findings = [{ invariant: invariant('one'), breaches: [] }];
  expect(renderVerdict({ findings, notChecked: ['guests: no queue'], silent: [], isClean: true })).toBe(
    ['ok      one', 'not checked: guests: no queue', 'clean: 1 invariants hold'].join('\n'),
  );
});

test('a breach is shown with its evidence, its repair, and whether --repair can do it', () => {
  const repair = { lock: async () => {}, apply: async () => {} };
  const findings = [
    { invariant: invariant('one', { repair }), breaches: [breach] },
    { invariant: invariant('two'), breaches: [breach] },
  ];
  expect(renderVerdict({ findings, notChecked: [], silent: ['h1 is mute'], isClean: false })).toBe(
    [
      'BROKEN  one: 1. All is well.',
      ...told('Make it so.'),
      'BROKEN  two: 1. All is well.',
      ...told('Make it so. (not by --repair)'),
      'no answer: h1 is mute',
      '2 breaches',
    ].join('\n'),
  );
});

test('a repair is shown with its outcome', () => {
  expect(
    renderRepairs([
      { invariant: 'one', subject: 's', outcome: 'repaired' },
      { invariant: 'two', subject: 's', outcome: 'failed', error: 'no space' },
    ]),
  ).toBe('repaired  one s\nfailed    two s: no space');
});
