import { expect, test } from 'vitest';
import { ticketOf } from './ticket-of.ts';

test.each([
  ['/?token=t-1', undefined, 't-1', undefined],
  ['/websockify?a=b&token=t-1&viewer=s-1', 'token=t-2', 't-1', 's-1'],
  ['/websockify', 'broken; a=b; token=t-2', 't-2', undefined],
  ['/?token=', undefined, undefined, undefined],
  ['/', 'xtoken=t-3', undefined, undefined],
  [`/?token=${'t'.repeat(300)}`, undefined, undefined, undefined],
])('%s with the cookies %s', (url, cookies, token, secret) => {
  expect(ticketOf(url, cookies)).toEqual(token === undefined ? undefined : { token, ...(secret !== undefined && { secret }) });
});
