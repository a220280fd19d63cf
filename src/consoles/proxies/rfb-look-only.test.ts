import { expect, test } from 'vitest';
import { rfbLookOnly } from './rfb-look-only.ts';

const GREETING = Buffer.from('RFB 003.008\n\x01\x00', 'latin1');
const setEncodings = Buffer.from([2, 0, 0, 1, 0, 0, 0, 7]);
const update = Buffer.from([3, 0, 0, 0, 0, 0, 2, 128, 1, 224]);
const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 0x61]);
const pointer = Buffer.from([5, 1, 0, 9, 0, 9]);
const cut = Buffer.from([6, 0, 0, 0, 0, 0, 0, 3, 0x61, 0x62, 0x63]);
const qemuKey = Buffer.from([255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 30]);

test('keys, mouse and clipboard are dropped, however the bytes are cut; others are not sent away', () => {
  const sent = Buffer.concat([GREETING, setEncodings, key, update, pointer, cut, qemuKey, update]);
  const seen = Buffer.concat([Buffer.from('RFB 003.008\n\x01\x01', 'latin1'), setEncodings, update, update]);
  for (const size of [1, 5, sent.length]) {
    const take = rfbLookOnly();
    const parts = Array.from({ length: Math.ceil(sent.length / size) }, (_, n) => take(sent.subarray(n * size, (n + 1) * size)));
    expect(Buffer.concat(parts.map((part) => part ?? Buffer.from('unknown')))).toEqual(seen);
  }
});

test('a version that begins otherwise ends the session: its wish to share would be taken for a security type', () => {
  for (const version of ['RFB 003.003\n', 'RFB 003.889\n']) {
    const take = rfbLookOnly();
    expect(take(Buffer.from(version.slice(0, 11)))).toEqual(Buffer.alloc(0));
    expect(take(Buffer.from(`${version.slice(11)}\0`))).toBe(undefined);
  }
});

test('a message that is not known ends the session', () => {
  const take = rfbLookOnly();
  take(GREETING);
  expect(take(Buffer.from([77, 0, 0]))).toBe(undefined);
});
