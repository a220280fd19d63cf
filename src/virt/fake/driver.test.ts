import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { seededIds } from '../../lib/clock/ids.ts';
import { type ContractSubject, describeVirtDriver, ReceivedImages, type SpawnMood } from '../driver.contract.ts';
import { describeLiveMigrations } from '../live-migrations.contract.ts';
import { describeConsoles } from '../consoles.contract.ts';
import { describeMoves } from '../moves.contract.ts';
import { sampleGuest, sampleImage, sampleVif } from '../guest-samples.ts';
import { FakeDriver } from './driver.ts';
import type { FakeFaults } from './faults.ts';

const faults: Readonly<Record<SpawnMood, FakeFaults>> = {
  well: {},
  forever: { spawn: { delayMs: 600_000 } },
  wrong: { spawn: { failureRate: 1 }, cacheImage: { failureRate: 1 } },
};

const subject: ContractSubject = {
  name: 'fake',
  makeHost: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nova-ts-fake-driver-'));
    let vifs = 0;
    const received = new ReceivedImages();
    const common = { directory, node: 'one', hostIp: '127.0.0.1', sendImage: received.take, clock: systemClock };
    return {
      received,
      makeDriver: (mood = 'well') => new FakeDriver({ ...common, faults: faults[mood], ids: seededIds() }),
      makeGuest: () => sampleGuest(),
      makeVif: () => sampleVif(++vifs),
      makeImage: () => ({ image: sampleImage(), url: 'http://images.example/tiny', token: 'none' }),
      makeGuestFrom: async () => sampleGuest(),
      filesOf: async (serverId) => (await readdir(directory)).filter((name) => name.startsWith(serverId)),
      stop: () => rm(directory, { recursive: true }),
    };
  },
};
describeVirtDriver(subject);
describeMoves(subject);
describeConsoles(subject);
describeLiveMigrations({ name: 'fake', makeHosts: async () => [await subject.makeHost(), await subject.makeHost()] });

test('a guest that a killed process left frozen is thawed when the next one starts', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-fake-frozen-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const sendImage = new ReceivedImages().take;
  const common = { directory, node: 'one', hostIp: '127.0.0.1', sendImage, clock: systemClock, ids: seededIds() };
  const first = new FakeDriver(common);
  await first.start();
  const guest = sampleGuest();
  await first.spawn(guest, new AbortController().signal);
  const file = join(directory, `${guest.serverId}.json`);
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), isFrozen: true }));
  const next = new FakeDriver(common);
  await next.start();
  expect(next.guestOf(guest.serverId).isFrozen).toBe(undefined);
  expect(JSON.parse(await readFile(file, 'utf8'))).not.toHaveProperty('isFrozen');
});
