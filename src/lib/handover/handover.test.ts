import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ManualClock } from '../clock/manual-clock.ts';
import { systemIds } from '../clock/ids.ts';
import { silentLog } from '../log/log.ts';
import type { FileOffer } from './file-offer.ts';
import { FileOffers } from './file-offers.ts';
import { FilesNotHandedOver, openOffer } from './offered-files.ts';

let directory: string;
let offers: FileOffers;
let clock: ManualClock;
const now = () => new AbortController().signal;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nova-ts-handover-'));
  clock = new ManualClock();
  offers = new FileOffers({ address: '127.0.0.1', clock, ids: systemIds, log: silentLog });
});
afterEach(async () => {
  await offers.close();
  await rm(directory, { recursive: true });
});

const at = (name: string) => join(directory, name);
async function file(name: string, data: Buffer) {
  await writeFile(at(name), data);
  return { name, path: at(name), bytes: data.length };
}

test('the holder of the key gets the files, whole and by their names', async () => {
  const large = Buffer.alloc(3_000_000, 'data');
  const offer = await offers.offer([await file('large', large), await file('empty', Buffer.alloc(0))]);
  const { files, fetch } = await openOffer(offer, now());
  expect(files).toEqual([
    { name: 'large', bytes: large.length },
    { name: 'empty', bytes: 0 },
  ]);
  let bytes = 0;
  await fetch('large', at('got'), now(), (more) => (bytes += more));
  expect((await readFile(at('got'))).equals(large)).toBe(true);
  expect(bytes).toBe(large.length);
  await fetch('empty', at('nothing'), now());
  expect((await readFile(at('nothing'))).length).toBe(0);
  await expect(fetch('other', at('x'), now())).rejects.toThrow('it has no other');
  await expect(fetch('large', at('got'), now())).rejects.toThrow();
});

const changed: readonly [what: string, change: (offer: FileOffer) => Partial<FileOffer>][] = [
  ['another key', () => ({ key: 'ab'.repeat(32) })],
  ['the key of another offer', ({ identity }) => ({ identity: identity.replace(/^./, (first) => (first === '0' ? '1' : '0')) })],
];

test.each(changed)('%s opens nothing', async (_, change) => {
  const offer = await offers.offer([await file('one', Buffer.from('secret'))]);
  await expect(openOffer({ ...offer, ...change(offer) }, now())).rejects.toSatisfy(FilesNotHandedOver.is);
});

test('a key opens the files of its own offer only', async () => {
  const mine = await offers.offer([await file('mine', Buffer.from('mine'))]);
  await offers.offer([await file('yours', Buffer.from('yours'))]);
  expect((await openOffer(mine, now())).files).toEqual([{ name: 'mine', bytes: 4 }]);
});

test('an offer ends an hour after its last use', async () => {
  const offer = await offers.offer([await file('one', Buffer.from('1'))]);
  await clock.advance(3_000_000);
  await openOffer(offer, now());
  await clock.advance(3_000_000);
  await openOffer(offer, now());
  await clock.advance(3_600_001);
  await expect(openOffer(offer, now())).rejects.toSatisfy(FilesNotHandedOver.is);
});

test('a file that shrank meanwhile is not taken for whole', async () => {
  const offer = await offers.offer([await file('one', Buffer.alloc(1_000_000, 'x'))]);
  const { fetch } = await openOffer(offer, now());
  await truncate(at('one'), 10);
  await expect(fetch('one', at('got'), now())).rejects.toSatisfy(FilesNotHandedOver.is);
});

test('fetching ends when it is aborted, and when the offers are closed', async () => {
  const offer = await offers.offer([await file('one', Buffer.alloc(30_000_000, 'x'))]);
  const { fetch } = await openOffer(offer, now());
  const abort = new AbortController();
  const fetching = fetch('one', at('got'), abort.signal, () => abort.abort(new Error('not wanted any more')));
  await expect(fetching).rejects.toThrow('not wanted any more');
  await offers.close();
  await expect(openOffer(offer, now())).rejects.toSatisfy(FilesNotHandedOver.is);
});
