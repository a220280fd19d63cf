import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ImageSource } from '../../objects/guest-spec.ts';
import { ImageUnusable } from '../errors.ts';
import { sampleImage } from '../guest-samples.ts';
import { httpImageFetcher } from './http-image-fetcher.ts';
import { ImageNotFetched } from './image-fetcher.ts';

const DATA = 'the data of an image';
const hash = createHash('sha512').update(DATA).digest('hex');

const serving = async (listener: RequestListener): Promise<{ source: ImageSource; to: string }> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-fetch-'));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true });
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const image = sampleImage({ sizeBytes: DATA.length, hash });
  return { source: { image, url: `http://127.0.0.1:${port}/file`, token: 'secret' }, to: join(directory, 'image') };
};
const never = new AbortController().signal;

test('the data is requested with the token', async () => {
  const { source, to } = await serving((request, response) => response.end(request.headers['x-auth-token'] === 'secret' ? DATA : ''));
  await httpImageFetcher.fetch(source, to, never);
  expect(await readFile(to, 'utf8')).toBe(DATA);
});

test('progress is reported as data arrives', async () => {
  const { source, to } = await serving((_request, response) => {
    response.write(DATA.slice(0, 5));
    setTimeout(() => response.end(DATA.slice(5)), 20);
  });
  const told: number[] = [];
  await httpImageFetcher.fetch(source, to, never, (percent) => told.push(percent));
  expect(told).toEqual([25, 100]);
});

test.for([
  ['shorter than promised', DATA.slice(1), 'has 19 bytes instead of 20'],
  ['longer than promised', `${DATA}!`, 'larger than 20 bytes'],
  ['other than promised', DATA.toUpperCase(), 'does not match its checksum'],
] as const)('data that is %s is refused', async ([, data, because]) => {
  const { source, to } = await serving((_request, response) => response.end(data));
  const fetched = httpImageFetcher.fetch(source, to, never);
  await expect(fetched).rejects.toSatisfy(ImageUnusable.is);
  await expect(fetched).rejects.toThrow(because);
});

test('an endless download is aborted', async () => {
  const { source, to } = await serving((_request, response) => {
    const more = (): void => void response.write('x'.repeat(65_536), () => setImmediate(more));
    more();
  });
  await expect(httpImageFetcher.fetch(source, to, never)).rejects.toThrow('larger than 20 bytes');
});

test.for([401, 403, 404])('a refusal marks the image as unusable: %d', async (status) => {
  const { source, to } = await serving((_request, response) => response.writeHead(status).end('no'));
  await expect(httpImageFetcher.fetch(source, to, never)).rejects.toSatisfy(ImageUnusable.is);
});

test('a failing service can be retried', async () => {
  const { source, to } = await serving((_request, response) => response.writeHead(503).end());
  await expect(httpImageFetcher.fetch(source, to, never)).rejects.toSatisfy(ImageNotFetched.is);
  const closed = { ...source, url: 'http://127.0.0.1:1/' };
  await expect(httpImageFetcher.fetch(closed, to, never)).rejects.toSatisfy(ImageNotFetched.is);
});

test('a redirect does not get the token', async () => {
  const asked: (string | undefined)[] = [];
  const { source, to } = await serving((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  await expect(httpImageFetcher.fetch(source, to, never)).rejects.toSatisfy(ImageNotFetched.is);
  expect(asked).toEqual(['/file']);
});

test('a download ends when it is aborted', async () => {
  const abort = new AbortController();
  const { source, to } = await serving((_request, response) => {
    response.write('the');
    abort.abort(new Error('not wanted'));
  });
  await expect(httpImageFetcher.fetch(source, to, abort.signal)).rejects.toThrow();
});
