import { expect, test } from 'vitest';
import { hostUptime, uptimeText } from './host-uptime.ts';

const now = new Date('2026-11-22T08:32:11Z');
const load = [0.2, 0.125, 14];

test.each([
  [93 * 86_400 + 18 * 3_600 + 25 * 60, ' 08:32:11 up 93 days, 18:25,  0 users,  load average: 0.20, 0.13, 14.00'],
  [86_400 + 59, ' 08:32:11 up 1 day, 0:00,  0 users,  load average: 0.20, 0.13, 14.00'],
  [3_599, ' 08:32:11 up 0:59,  0 users,  load average: 0.20, 0.13, 14.00'],
])('%i seconds are formatted as uptime does', (seconds, text) => {
  expect(uptimeText({ now, seconds, load })).toBe(text);
});

test("a host's uptime has the format that clients parse", () => {
  expect(hostUptime(now)).toMatch(/^\s.+\sup\s+.+,\s+.+\susers?,\s+load average:\s.+$/);
});
