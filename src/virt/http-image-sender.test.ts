import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asId, type ImageId } from '../objects/ids.ts';
import { httpImageSender } from './http-image-sender.ts';
import { ImageNotSent, ImageRefused } from './image-sender.ts';

let server: Server;
let status = 204;
let received: { token: unknown; bytes: number } | undefined;
beforeAll(async () => {
  server = createServer(async (request, response) => {
    let bytes = 0;
    try {
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      received = { token: request.headers['x-auth-token'], bytes };
    } catch {
      received = undefined;
    }
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void server.close());

const target = () => ({
  imageId: asId<ImageId>('5f3a0c7e-0000-4000-8000-0000000000c1'),
  diskFormat: 'raw' as const,
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`,
  token: 'pass',
});
const SIZE = 3_000_000;
const data = { sizeBytes: SIZE, open: () => Readable.from([Buffer.alloc(SIZE / 2), Buffer.alloc(SIZE / 2)]) };
const send = (signal = new AbortController().signal, from = data) => {
  const percents: number[] = [];
  return httpImageSender(target(), from, signal, (percent) => percents.push(percent)).then(() => percents);
};

test('all data is sent, with the pass, and progress is told', async () => {
  status = 204;
  expect(await send()).toEqual([50, 100]);
  expect(received).toEqual({ token: 'pass', bytes: SIZE });
});

test.each([
  [404, ImageRefused],
  [401, ImageRefused],
  [413, ImageRefused],
  [409, ImageNotSent],
  [429, ImageNotSent],
  [500, ImageNotSent],
  [200, ImageNotSent],
])('an answer of %i is told apart: some are final, after others a retry may succeed', async (answer, error) => {
  status = answer;
  await expect(send()).rejects.toSatisfy(error.is);
});

/** Data that cannot be read to its end. */
const broken = () => {
  const source = new Readable({ read: () => {} });
  source.push(Buffer.alloc(100_000));
  setTimeout(() => source.destroy(new Error('disk error')), 50);
  return source;
};

test('data that cannot be read breaks the request off, and an abort ends it', async () => {
  status = 204;
  await expect(send(undefined, { sizeBytes: SIZE, open: broken })).rejects.toSatisfy(ImageNotSent.is);
  const abort = new AbortController();
  const stalled = () => {
    setTimeout(() => abort.abort(new Error('not wanted any more')), 50);
    return new Readable({ read: () => {} });
  };
  await expect(send(abort.signal, { sizeBytes: SIZE, open: stalled })).rejects.toThrow('not wanted any more');
});
