import { expect, test } from 'vitest';
import { sinceOf } from './since.ts';

test.each([
  ['2026-01-02T00:00:00.000Z', 'since 2026-01-02T00:00:00Z (0 seconds)'],
  ['2026-01-01T23:59:59.000Z', 'since 2026-01-01T23:59:59Z (1 second)'],
  ['2026-01-01T23:58:01.000Z', 'since 2026-01-01T23:58:01Z (1 minute)'],
  ['2026-01-01T12:00:00.000Z', 'since 2026-01-01T12:00:00Z (12 hours)'],
  ['2025-12-30T00:00:00.000Z', 'since 2025-12-30T00:00:00Z (3 days)'],
])('what started at %s runs %s', (startedAt, words) => {
  expect(sinceOf(startedAt, { now: () => new Date('2026-01-02T00:00:00Z') })).toBe(words);
});
