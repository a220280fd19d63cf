import { expect, test } from 'vitest';
import { tokenOf } from './token-of.ts';

test.each([
  ['/?token=t-1', undefined, 't-1'],
  ['/websockify?a=b&token=t-1', 'token=t-2', 't-1'],
  ['/websockify', 'broken; a=b; token=t-2', 't-2'],
  ['/?token=', undefined, undefined],
  ['/', 'xtoken=t-3', undefined],
])('%s with the cookies %s', (url, cookies, token) => {
  expect(tokenOf(url, cookies)).toBe(token);
});
