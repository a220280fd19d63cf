import { expect, test } from 'vitest';
import { cannotListen } from './cannot-listen.ts';

const server = { name: 'the image API', host: '127.0.0.1', port: 9292, advice: { portTaken: 'move it', addressMissing: 'take another' } };
const refusal = (code: string, message = 'no') => Object.assign(new Error(message), { code });

test.each([
  ['EADDRINUSE', 'the image API cannot listen on 127.0.0.1:9292 (another program has the port); move it'],
  ['EADDRNOTAVAIL', 'the image API cannot listen on 127.0.0.1:9292 (this machine does not have the address); take another'],
  ['ENOTFOUND', 'the image API cannot listen on 127.0.0.1:9292 (there is no such host); take another'],
  ['EACCES', 'the image API cannot listen on 127.0.0.1:9292 (no)'],
])('a server that may not listen says why and what to do: %s', (code, message) => {
  expect(cannotListen(refusal(code), server)).toMatchObject({ message, kind: 'unavailable', cause: { code } });
});
