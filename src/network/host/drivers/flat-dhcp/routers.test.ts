import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../lib/clock/clock.ts';
import { silentLog } from '../../../../lib/log/log.ts';
import { hostShell } from '../../shell/host-shell.ts';
import { cloudMark } from './cloud-mark.ts';
import { Routers } from './routers.ts';

test('what tells guests of a router goes with all routers, also where somebody else removed its namespace', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'nova-routers-'));
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }));
  const directory = join(stateDir, 'adverts');
  await mkdir(join(directory, 'a router'), { recursive: true });
  const options = { stateDir, programDir: stateDir, clock: systemClock, log: silentLog };
  await new Routers(hostShell({ netns: 'no such host' }), cloudMark('a cloud'), options).removeAll();
  expect(await readdir(directory)).toEqual([]);
});
