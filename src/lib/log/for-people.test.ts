import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lineForPeople } from './for-people.ts';

beforeEach(() => vi.stubEnv('NO_COLOR', '1'));
afterEach(() => vi.unstubAllEnvs());

const line = (fields: object): string =>
  lineForPeople(JSON.stringify({ level: 'info', time: '2026-01-02T03:04:05.678Z', service: 'all', ...fields }));

test('a line tells time, level, service and sentence, then what else is known', () => {
  expect(line({ host: 'node-1', tookMs: 12, msg: 'started libvirtd' })).toBe(
    '03:04:05 INFO  all: started libvirtd host=node-1 tookMs=12\n',
  );
});

test('an error brings its stack, set off from the lines', () => {
  expect(line({ level: 'error', err: { message: 'no', stack: 'Error: no\n  at here' }, msg: 'it broke' })).toBe(
    '03:04:05 ERROR all: it broke\n    Error: no\n      at here\n',
  );
});

test('levels have colours where nobody asked for none', () => {
  vi.stubEnv('NO_COLOR', '');
  expect(line({ level: 'warn', msg: 'slow' })).toContain('\u001b[33mWARN \u001b[0m');
});

test('what is no log line passes as it is', () => expect(lineForPeople('plain words')).toBe('plain words'));
