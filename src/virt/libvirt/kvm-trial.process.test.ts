import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { silentLog } from '../../lib/log/log.ts';
import { canRunGuests, provenVirtType } from './choose.ts';
import { kvmTrial, trialBoot } from './kvm-trial.ts';
import { cannotTryLibvirt, tinyGuest } from './libvirt-test-host.ts';

const skip = await cannotTryLibvirt();

describe.skipIf(skip !== undefined)('whether KVM works', () => {
  let stateDir: string;
  let kernel: string;
  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'nova-ts-kvm-'));
    kernel = (await tinyGuest()).kernel;
  });
  afterAll(() => rm(stateDir, { recursive: true }));

  test('a trial boot with emulation succeeds, so the trial itself works', async () => {
    expect(await trialBoot('tcg', kernel, systemClock)).toMatchObject({ works: true });
  });

  test('a trial without a kernel fails with its reason', async () => {
    expect(await trialBoot('tcg', '/nowhere', systemClock)).toMatchObject({ works: false, because: expect.stringContaining('/nowhere') });
  });

  test('the choice follows the trial boot, even if /dev/kvm exists', async () => {
    const virtType = await provenVirtType({ stateDir, kernel, log: silentLog });
    const { works } = await kvmTrial({ stateDir, kernel, clock: systemClock });
    expect(virtType).toBe(works ? 'kvm' : 'qemu');
  });

  test('a stored trial is not repeated, unless kernel or QEMU changed', async () => {
    const file = join(stateDir, 'kvm-trial.json');
    await kvmTrial({ stateDir, kernel, clock: systemClock });
    const kept: object = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...kept, works: true, because: 'remembered' }));
    expect(await kvmTrial({ stateDir, kernel: '/nowhere', clock: systemClock })).toEqual({ works: true, because: 'remembered' });
    await writeFile(file, JSON.stringify({ ...kept, key: 'an older kernel', works: true }));
    expect(await kvmTrial({ stateDir, kernel: '/nowhere', clock: systemClock })).toMatchObject({ works: false });
  });

  test("without the system's libvirtd a private host is used", async () => {
    expect(await canRunGuests({ socket: '/nowhere' })).toEqual({ ok: true, how: 'private' });
  });
});
