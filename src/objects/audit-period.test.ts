import { expect, test } from 'vitest';
import { auditingIn, lastPeriodBefore } from './audit-period.ts';

const AT = new Date('2026-03-15T12:30:00Z');

test.each([
  ['hour', '2026-03-15T11:00:00Z', '2026-03-15T12:00:00Z'],
  ['hour@45', '2026-03-15T10:45:00Z', '2026-03-15T11:45:00Z'],
  ['day', '2026-03-14T00:00:00Z', '2026-03-15T00:00:00Z'],
  ['day@18', '2026-03-13T18:00:00Z', '2026-03-14T18:00:00Z'],
  ['month', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
  ['month@20', '2026-01-20T00:00:00Z', '2026-02-20T00:00:00Z'],
  ['year', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['year@4', '2024-04-01T00:00:00Z', '2025-04-01T00:00:00Z'],
])('with %s the last whole period is from %s to %s', (text, begin, end) => {
  const auditing = auditingIn(text);
  expect(auditing && lastPeriodBefore(AT, auditing)).toEqual({ begin: new Date(begin), end: new Date(end) });
});

test('a period that ends at a time is over then', () => {
  const at = new Date('2026-01-01T00:00:00Z');
  expect(lastPeriodBefore(at, { unit: 'month', offset: 0 })).toEqual({ begin: new Date('2025-12-01T00:00:00Z'), end: at });
});

test.each(['week', 'month@29', 'hour@60', 'day@', ''])('%j is no period', (text) => {
  expect(auditingIn(text)).toBeUndefined();
});
