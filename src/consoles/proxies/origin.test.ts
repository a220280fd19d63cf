import { expect, test } from 'vitest';
import { originProblem } from './origin.ts';

const asked = { origin: 'http://cloud:6080', host: 'cloud:6080', forwardedProto: undefined };

test.each([
  ['the page of the proxy', {}, 'http://cloud:6080/vnc_auto.html', true],
  ['the page of the proxy, for a WebSocket address', {}, 'ws://cloud:6083/', true],
  ['no page', { origin: undefined }, 'http://cloud:6080/', true],
  ['an allowed page', { origin: 'http://dashboard' }, 'http://cloud:6080/', true],
  ['a foreign page', { origin: 'http://evil.example' }, 'http://cloud:6080/', false],
  ['a page that looks similar', { origin: 'http://cloud.evil.example' }, 'http://cloud:6080/', false],
  ['a page without an origin', { origin: 'null' }, 'http://cloud:6080/', false],
  ['a page without TLS, where the console has it', {}, 'https://cloud:6080/', false],
  ['a page behind a proxy that ends TLS', { origin: 'https://cloud', forwardedProto: 'https' }, 'http://cloud:6080/', true],
])('%s', (_what, change, baseUrl, isAllowed) => {
  expect(originProblem({ ...asked, ...change }, ['dashboard'], baseUrl) === undefined).toBe(isAllowed);
});
