import { expect, test } from 'vitest';
import { consoleUrl } from './console-url.ts';

test.each([
  ['novnc', 'http://127.0.0.1:6080/vnc_auto.html', 'http://127.0.0.1:6080/vnc_auto.html?path=%3Ftoken%3Dt-1'],
  ['novnc', 'http://cloud/vnc.html?path=vnc&scale=1', 'http://cloud/vnc.html?path=vnc%3Ftoken%3Dt-1&scale=1'],
  ['spice-html5', 'http://127.0.0.1:6082/spice_auto.html', 'http://127.0.0.1:6082/spice_auto.html?token=t-1'],
  ['spice-direct', 'http://127.0.0.1:13002/nova', 'http://127.0.0.1:13002/nova?token=t-1'],
  ['serial', 'ws://127.0.0.1:6083/', 'ws://127.0.0.1:6083/?token=t-1'],
] as const)('a %s console at %s', (type, base, url) => {
  expect(consoleUrl(type, base, 't-1')).toBe(url);
});
