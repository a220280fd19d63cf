import { connect, type Libvirt } from '@nova-ts/libvirt';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../lib/clock/clock.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { silentLog } from '../../lib/log/log.ts';
import { asId } from '../../objects/ids.ts';
import type { Vif } from '../../objects/network-info.ts';
import { GuestNameTaken, HypervisorFailed, HypervisorUnavailable } from '../errors.ts';
import { domainSamples } from './domain-samples.ts';
import { usualCpu } from './definition/domain-parts.ts';
import { usualScreens } from './definition/screens.ts';
import { domainXml } from './domain-xml.ts';
import { LibvirtDriver } from './driver.ts';
import { cannotTryLibvirt, type LibvirtTestHost, startLibvirtTestHost } from './libvirt-test-host.ts';
import { startPrivateHost } from './private-host/private-host.ts';
import { runTool } from './private-host/tool.ts';
import { bearsMark } from './server-mark.ts';

const skip = await cannotTryLibvirt();
const never = new AbortController().signal;

const vif = (bridge: string): Vif => ({
  portId: asId('p'),
  kind: 'bridge',
  bridge,
  tap: 'tap-p',
  macAddress: 'fa:16:3e:00:00:01',
  mtu: 1450,
});

describe.skipIf(skip !== undefined)('the libvirt driver when its host interferes', () => {
  let host: LibvirtTestHost;
  let driver: LibvirtDriver;
  let libvirt: Libvirt;
  const ip = (...words: string[]) => runTool('ip', ['-n', host.host.netns, ...words]);
  const definition = (guest: ReturnType<LibvirtTestHost['makeGuest']>) =>
    domainXml({
      guest,
      virtType: 'qemu',
      cpu: usualCpu,
      screens: usualScreens,
      home: host.options.instancesDir,
      consoleLog: '/dev/null',
      nvram: '/dev/null',
      disks: [],
      kernel: undefined,
      ramdisk: undefined,
    });

  beforeAll(async () => {
    host = await startLibvirtTestHost();
    driver = host.makeDriver();
    await driver.start();
    libvirt = await connect({ socket: host.host.libvirtSocket });
  });
  afterEach(async () => {
    for (const { serverId } of await driver.listGuests()) await driver.destroy(serverId);
  });
  afterAll(async () => {
    await libvirt?.close();
    await driver?.close();
    await host?.stop();
  });

  test.for(Object.entries(domainSamples))('libvirt accepts its definitions: %s', async ([, parts]) => {
    // Without KVM, libvirt rejects kvm guests, whatever else their definitions say.
    const definition = domainXml(parts).replace('<domain type="kvm">', '<domain type="qemu">');
    const domain = await libvirt.define(definition, ['validate']);
    const kept = await libvirt.xml(domain, ['inactive']);
    await libvirt.undefine(domain, ['nvram']);
    expect(bearsMark(kept, parts.home)).toBe(true);
  });

  test('a guest gets its network cards: taps with the requested name and MTU, on their bridge', async () => {
    await ip('link', 'add', 'br1', 'type', 'bridge');
    const guest = host.makeGuest({ vifs: [vif('br1')] });
    await driver.spawn(guest, never);
    expect(await ip('-o', 'link', 'show', 'tap-p')).toMatch(/mtu 1450 .*master br1 /);
    await driver.destroy(guest.serverId);
    await expect(ip('link', 'show', 'tap-p')).rejects.toThrow('does not exist');
  });

  test('a guest that libvirt refuses to start leaves nothing; its message is the cause', async () => {
    const guest = host.makeGuest({ vifs: [vif('nowhere')] });
    const failure: unknown = await driver.spawn(guest, never).catch((error: unknown) => error);
    expect(failure).toSatisfy(HypervisorFailed.is);
    expect(failure).toMatchObject({
      message: 'The hypervisor could not start the server.',
      cause: { message: expect.stringContaining('nowhere') },
    });
    expect(await libvirt.domains()).toEqual([]);
    expect(await host.filesOf(guest.serverId)).toEqual([]);
  });

  test('an abort while the guest is being started leaves nothing', async () => {
    const guest = host.makeGuest();
    const abort = new AbortController();
    const defined = await libvirt.on('lifecycle', ({ event }) => event === 'defined' && abort.abort(new Error('too late')));
    await expect(driver.spawn(guest, abort.signal)).rejects.toThrow('too late');
    await defined.stop();
    expect(await libvirt.domains()).toEqual([]);
    expect(await host.filesOf(guest.serverId)).toEqual([]);
  });

  test('the copy of a disk that a killed driver left running is ended by the next start, and its file removed', async () => {
    const guest = host.makeGuest();
    await driver.spawn(guest, never);
    const files = await host.filesOf(guest.serverId);
    const file = join(host.options.instancesDir, guest.serverId, 'snapshot');
    const target = `<disk name='vda' type='file'><driver type='qcow2'/><target file='${file}'/></disk>`;
    const domain = await libvirt.lookupByUuid(guest.serverId);
    await libvirt.backupBegin(domain, `<domainbackup mode='push'><disks>${target}</disks></domainbackup>`, undefined);
    const next = host.makeDriver();
    await next.start();
    expect(await libvirt.jobStats(domain)).toMatchObject({ type: 'none' });
    await next.close();
    expect(await host.filesOf(guest.serverId)).toEqual(files);
    expect(await driver.powerState(guest.serverId)).toBe('running');
  });

  test('an incomplete guest is recreated by the next spawn, and removed by the next start', async () => {
    const [first, second, third] = [host.makeGuest(), host.makeGuest(), host.makeGuest()];
    for (const guest of [first, second, third]) await mkdir(join(host.options.instancesDir, guest.serverId));
    for (const guest of [first, second]) await libvirt.define(definition(guest));
    await driver.spawn(first, never);
    expect(await host.filesOf(first.serverId)).toEqual(expect.arrayContaining(['disk', 'made']));
    const next = host.makeDriver();
    await next.start();
    expect(await next.listGuests()).toEqual([{ serverId: first.serverId, powerState: 'running' }]);
    for (const { serverId } of [second, third]) expect(await host.filesOf(serverId)).toEqual([]);
    await next.close();
  });

  test('guests of others are neither seen nor touched', async () => {
    const stranger = host.makeGuest();
    const domain = await libvirt.define(definition(stranger).replace(/<metadata>[\s\S]*<\/metadata>/, ''));
    const mine = host.makeGuest();
    await driver.spawn(mine, never);
    const other = new LibvirtDriver({ ...host.options, instancesDir: join(host.directory, 'other') });
    await other.start();
    expect(await other.listGuests()).toEqual([]);
    await other.destroy(mine.serverId);
    expect(await driver.listGuests()).toEqual([{ serverId: mine.serverId, powerState: 'running' }]);
    await driver.destroy(stranger.serverId);
    await libvirt.undefine(domain);
    await other.close();
  });

  test('a guest whose name is taken by a foreign one is refused with the reason, and the other one stays', async () => {
    const [stranger, mine] = [host.makeGuest(), host.makeGuest()];
    const domain = await libvirt.define(definition(stranger).replace(/<metadata>[\s\S]*<\/metadata>/, ''));
    const refused = await driver.spawn({ ...mine, name: stranger.name }, never).catch((error: unknown) => error);
    expect(refused).toSatisfy(GuestNameTaken.is);
    expect(messageOf(refused)).toContain(`a guest called ${stranger.name} that is not of this cloud`);
    expect(await host.filesOf(mine.serverId)).toEqual([]);
    expect((await libvirt.lookupByName(stranger.name)).uuid).toBe(stranger.serverId);
    await driver.spawn(mine, never);
    expect(await driver.powerState(mine.serverId)).toBe('running');
    await libvirt.undefine(domain);
  });

  test('while libvirtd is down calls fail at once; when it is back they work, and the guest has kept running', async () => {
    const guest = host.makeGuest();
    await driver.spawn(guest, never);
    await host.host.stop({ guests: 'keep' });
    await expect.poll(() => driver.listGuests().catch((error: unknown) => error)).toSatisfy(HypervisorUnavailable.is);
    await expect(driver.powerState(guest.serverId)).rejects.toSatisfy(HypervisorUnavailable.is);
    await startPrivateHost({ name: 'hv1', directory: host.host.directory, clock: systemClock, log: silentLog });
    await expect.poll(() => driver.powerState(guest.serverId).catch(() => 'away'), { timeout: 30_000 }).toBe('running');
    await expect
      .poll(() =>
        driver.pause(guest.serverId).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await expect
      .poll(
        () =>
          driver.destroy(guest.serverId).then(
            () => true,
            () => false,
          ),
        { timeout: 30_000 },
      )
      .toBe(true);
  });

  test.for([0, 300])('a start waits for libvirtd until it is closed (after %d ms)', async (ms) => {
    const waiting = new LibvirtDriver({ ...host.options, socket: join(host.directory, 'nobody') });
    const started = waiting.start();
    void systemClock.sleep(ms).then(() => waiting.close());
    await expect(started).rejects.toSatisfy(HypervisorUnavailable.is);
    await expect(waiting.start()).rejects.toSatisfy(HypervisorUnavailable.is);
  });

  // Fault 2026-11 B17.
  test('images are aged out when the last guest that used them is gone, also one of an earlier release', async () => {
    const [guest, earlier] = [host.makeGuest(), host.makeGuest()];
    await driver.spawn(guest, never);
    await driver.spawn(earlier, never);
    await driver.destroy(guest.serverId);
    await rm(join(host.options.instancesDir, earlier.serverId, 'images'));
    expect(await driver.ageOutImages(0)).toBe(0);
    const next = host.makeDriver();
    await next.start();
    expect(await next.ageOutImages(0)).toBe(0);
    await next.destroy(earlier.serverId);
    expect(await next.ageOutImages(0)).toBe(3);
    await next.close();
  });

  test('repeating a start is a no-op', async () => {
    await driver.start();
    expect(await driver.listGuests()).toEqual([]);
  });
});
