import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { asId, type ImageId, type ServerId } from '../objects/ids.ts';
import { systemIds } from '../lib/clock/ids.ts';
import type { ImageTarget, SnapshotFormat } from '../objects/server-image.ts';
import type { ImageSender } from './image-sender.ts';
import type { Vif } from '../objects/network-info.ts';
import type { GuestSpec, ImageSource } from '../objects/guest-spec.ts';
import { MAX_CONSOLE_BYTES, type VirtDriver } from './driver.ts';
import { GuestInWrongState, GuestNotFound, NotSupportedByHypervisor } from './errors.ts';
import { takesAndGivesVolumes, volumeCalls } from './volumes.contract.ts';

/** How a driver's spawns behave: succeed, hang, or fail. */
export type SpawnMood = 'well' | 'forever' | 'wrong';

/** A host to test drivers on; its guests outlive each driver. */
export interface ContractHost {
  /** Creates a driver for this host, not started. */
  makeDriver(mood?: SpawnMood): VirtDriver;
  /** A guest that prints a GUEST-READY line with the number of its boots; each has its own id. */
  makeGuest(): GuestSpec;
  /** A network card to plug into a guest; each has its own address. */
  makeVif(): Vif;
  /** An image that no guest has used yet, with data that can be fetched. */
  makeImage(): ImageSource;
  /** The same from an image's data that a driver has sent. */
  makeGuestFrom(data: Buffer): Promise<GuestSpec>;
  /** Where drivers of this host send images. */
  readonly received: ReceivedImages;
  /** The server's files on the host; none once it is destroyed. */
  filesOf(serverId: ServerId): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Stands for the image service: takes what drivers send. */
export class ReceivedImages {
  readonly #data = new Map<string, Buffer>();
  /** Called before each image is taken. */
  onSend: () => void = () => {};

  readonly take: ImageSender = async ({ imageId }, { sizeBytes, open }, signal) => {
    this.onSend();
    const data = Buffer.concat(await Array.fromAsync(open()));
    signal.throwIfAborted();
    expect(data.length).toBe(sizeBytes);
    this.#data.set(imageId, data);
  };

  of(target: ImageTarget): Buffer | undefined {
    return this.#data.get(target.imageId);
  }
}

/** A virt driver under test. */
export interface ContractSubject {
  readonly name: string;
  /** Why it cannot be tested here. */
  readonly skip?: string | undefined;
  readonly makeHost: () => Promise<ContractHost>;
}

const READY_LIMIT_MS = 60_000;
const GRACE_MS = 30_000;
const UNPLUGGING = { attempts: 5, timeoutMs: 10_000 };
const nobody = asId<ServerId>('00000000-0000-4000-8000-000000000000');

/** The contract between every virt driver and the compute manager. */
export const describeVirtDriver = ({ name, skip, makeHost }: ContractSubject): void => {
  describe.skipIf(skip !== undefined)(`${name}, a virt driver`, () => {
    let host: ContractHost;
    let driver: VirtDriver;
    /** One guest shared by most tests, which leave it running. */
    let shared: GuestSpec;
    let id: ServerId;

    const open = async (mood?: SpawnMood): Promise<VirtDriver> => {
      const opened = host.makeDriver(mood);
      await opened.start();
      return opened;
    };
    const spawn = (guest: GuestSpec, on = driver) => on.spawn(guest, new AbortController().signal);
    const console = () => driver.consoleOutput(id);
    const ready = (boots: number) =>
      expect
        .poll(console, { timeout: READY_LIMIT_MS, interval: 100 })
        .toMatch(new RegExp(`GUEST-READY .*hostname=\\S+ .*boots=${boots}\\b`));
    const state = () => driver.powerState(id);
    const expectNothingLeftOf = async (serverId: ServerId) => {
      expect((await driver.listGuests()).map((guest) => guest.serverId)).not.toContain(serverId);
      await expect(driver.powerState(serverId)).rejects.toThrow(GuestNotFound({ serverId }).message);
      expect(await host.filesOf(serverId)).toEqual([]);
    };

    beforeAll(async () => {
      host = await makeHost();
      driver = await open();
      shared = host.makeGuest();
      id = shared.serverId;
    });
    afterAll(async () => {
      await driver?.close();
      await host?.stop();
    });

    test('an image is cached ahead of guests; repeating it is a no-op', async () => {
      const image = host.makeImage();
      await twice(() => driver.cacheImage(image, new AbortController().signal));
      const failing = await open('wrong');
      onTestFinished(() => failing.close());
      await expect(failing.cacheImage(host.makeImage(), new AbortController().signal)).rejects.toThrow();
    });

    test("reports the host's capacity", async () => {
      const report = await driver.report();
      expect(report.vcpus).toBeGreaterThan(0);
      expect(report.memoryMb).toBeGreaterThan(0);
      expect(report.localGb).toBeGreaterThan(0);
      expect(report.uptime).toMatch(/ up .* load average: /);
      expect(report.hypervisorVersion).toBeGreaterThanOrEqual(1_000_000);
      expect(report.cpuInfo).toMatchObject({ arch: 'x86_64' });
      expect(report.supportedInstances).toContainEqual(['x86_64', expect.any(String), 'hvm']);
    });

    test('a spawned guest runs, is listed, and boots', async () => {
      await spawn(shared);
      expect(await state()).toBe('running');
      expect(await driver.listGuests()).toEqual([{ serverId: id, powerState: 'running' }]);
      await ready(1);
    });

    test('repeating a spawn is a no-op', async () => {
      await spawn(shared);
      expect(await state()).toBe('running');
      expect(await console()).not.toContain('boots=2');
    });

    test('the console returns its last lines', async () => {
      const all = await console();
      expect(Buffer.byteLength(all)).toBeLessThanOrEqual(MAX_CONSOLE_BYTES);
      expect(await driver.consoleOutput(id, 1_000_000)).toBe(all.trimEnd());
      const two = await driver.consoleOutput(id, 2);
      expect(two.split('\n')).toHaveLength(2);
      expect(all.trimEnd().endsWith(two)).toBe(true);
      expect(await driver.consoleOutput(id, 0)).toBe('');
    });

    test('pause freezes the guest, unpause continues it; repeating either is a no-op', async () => {
      await twice(() => driver.pause(id));
      expect(await state()).toBe('paused');
      await twice(() => driver.unpause(id));
      expect(await state()).toBe('running');
    });

    test('a crash dump works in a running or paused guest, and keeps its state', async () => {
      if (!driver.capabilities.crashDump)
        return void (await expect(driver.triggerCrashDump(id)).rejects.toSatisfy(NotSupportedByHypervisor.is));
      await driver.triggerCrashDump(id);
      await expect.poll(console, { timeout: 60_000 }).toMatch(/NMI received/);
      expect(await state()).toBe('running');
    });

    test('a running guest has diagnostics of its processors, memory, disks and cards', async () => {
      const { state: power, cpus, memoryKib, disks, nics } = await driver.diagnostics(id);
      expect(power).toBe('running');
      expect(cpus.map((cpu) => cpu.id)).toEqual([0]);
      expect(memoryKib['maximum']).toBe(shared.flavor.ramMb * 1024);
      expect(disks).toHaveLength(shared.disk ? 1 : 0);
      expect(nics).toHaveLength(shared.vifs.length);
    });

    test('a password is set in the guest, or refused as not supported', async () => {
      const set = () => driver.setAdminPassword(id, { user: 'root', password: 'secret' }, new AbortController().signal);
      await (driver.capabilities.setAdminPassword ? twice(set) : expect(set()).rejects.toSatisfy(NotSupportedByHypervisor.is));
    });

    const plugsInAndOut = async () => {
      const vif = host.makeVif();
      await twice(() => driver.attachInterface(id, vif));
      await twice(() => driver.detachInterface(id, vif.macAddress, UNPLUGGING));
    };

    test('a network card goes into a running guest and out of it; repeating either is a no-op', async () => {
      await plugsInAndOut();
      expect(await state()).toBe('running');
    });

    const snapshotted = async (to: ImageTarget) => {
      const stages: string[] = [];
      const files = await host.filesOf(id);
      await driver.snapshot(id, to, { signal: new AbortController().signal, onStage: (stage) => stages.push(stage) });
      expect(stages).toEqual(['copying', 'uploading']);
      expect(await host.filesOf(id)).toEqual(files);
      return host.received.of(to) ?? Buffer.alloc(0);
    };

    test('a snapshot of a quiesced guest leaves it thawed, also when it is aborted', async () => {
      if (!driver.capabilities.quiesce) return;
      const { signal } = new AbortController();
      await driver.snapshot(id, target(), { signal, quiesce: 'required' });
      const abort = new AbortController();
      const aborted = driver.snapshot(id, target(), {
        signal: abort.signal,
        quiesce: 'required',
        onStage: () => abort.abort(new Error('enough')),
      });
      await expect(aborted).rejects.toThrow('enough');
      // A frozen guest could not write it down.
      await driver.setAdminPassword(id, { user: 'root', password: 'thawed' }, signal);
    });

    test('a snapshot copies the disk of a guest that runs or is paused, and leaves the guest as it is and nothing else', async () => {
      expect((await snapshotted(target())).subarray(0, 4)).toEqual(Buffer.from('QFI\xfb', 'latin1'));
      expect((await snapshotted(target('raw'))).length % 512).toBe(0);
      expect(await state()).toBe('running');
      await driver.pause(id);
      expect((await snapshotted(target())).length).toBeGreaterThan(0);
      expect(await state()).toBe('paused');
      await driver.unpause(id);
      expect(await console()).not.toContain('boots=2');
    });

    test('a snapshot that is aborted or refused leaves nothing', async () => {
      const files = await host.filesOf(id);
      const abort = new AbortController();
      host.received.onSend = () => abort.abort(new Error('not wanted any more'));
      await expect(driver.snapshot(id, target(), { signal: abort.signal })).rejects.toThrow('not wanted any more');
      host.received.onSend = () => {
        throw new Error('refused');
      };
      await expect(driver.snapshot(id, target(), { signal: new AbortController().signal })).rejects.toThrow('refused');
      host.received.onSend = () => {};
      await expect(driver.snapshot(id, target(), { signal: abort.signal })).rejects.toThrow('not wanted any more');
      const early = new AbortController();
      const onStage = () => early.abort(new Error('too late'));
      await expect(driver.snapshot(id, target(), { signal: early.signal, onStage })).rejects.toThrow('too late');
      expect(await host.filesOf(id)).toEqual(files);
      expect(await state()).toBe('running');
    });

    test('a suspended guest counts as shut down, and continues where it was', async () => {
      await twice(() => driver.suspend(id));
      expect(await state()).toBe('shutdown');
      await twice(() => driver.resume(id));
      expect(await state()).toBe('running');
      expect(await console()).not.toContain('boots=2');
    });

    test('a soft reboot restarts the guest', async () => {
      await driver.reboot(id, { type: 'soft', graceMs: GRACE_MS });
      expect(await state()).toBe('running');
      await ready(2);
    });

    test('a guest is powered off and on; repeating either is a no-op', async () => {
      await twice(() => driver.powerOff(id, { graceMs: GRACE_MS }));
      expect(await state()).toBe('shutdown');
      expect(await driver.listGuests()).toEqual([{ serverId: id, powerState: 'shutdown' }]);
      await expect(driver.pause(id)).rejects.toSatisfy(GuestInWrongState.is);
      await expect(driver.diagnostics(id)).rejects.toSatisfy(GuestInWrongState.is);
      await expect(driver.reboot(id, { type: 'soft', graceMs: GRACE_MS })).rejects.toSatisfy(GuestInWrongState.is);
      await plugsInAndOut();
      await takesAndGivesVolumes(driver, id, UNPLUGGING);
      const copy = await snapshotted(target());
      expect(await state()).toBe('shutdown');
      await twice(() => driver.powerOn(id));
      expect(await state()).toBe('running');
      await ready(3);
      const guest = await host.makeGuestFrom(copy);
      await spawn(guest);
      const boots = () => driver.consoleOutput(guest.serverId);
      await expect.poll(boots, { timeout: READY_LIMIT_MS, interval: 100 }).toMatch(/GUEST-READY/);
      await driver.destroy(guest.serverId);
      // Nobody uses the copy any more.
      await driver.ageOutImages(0);
    });

    test('spawning a guest that is down starts it', async () => {
      await driver.powerOff(id, { graceMs: 0 });
      await spawn(shared);
      expect(await state()).toBe('running');
      await ready(4);
    });

    test('guests survive a restart of the driver', async () => {
      await driver.close();
      driver = await open();
      expect(await driver.listGuests()).toEqual([{ serverId: id, powerState: 'running' }]);
      await spawn(shared);
      expect(await console()).not.toContain('boots=5');
    });

    test.for(['running', 'paused', 'shutdown', 'suspended'] as const)('a hard reboot starts a guest that is %s', async (from) => {
      if (from === 'paused') await driver.pause(id);
      if (from === 'shutdown') await driver.powerOff(id, { graceMs: 0 });
      if (from === 'suspended') await driver.suspend(id);
      await driver.reboot(id, { type: 'hard', graceMs: 0 });
      expect(await state()).toBe('running');
    });

    test.for([null, { device: 'disk', bus: 'virtio' } as const])(
      'a guest is rescued, its disks moved or beside the rescue disk (%j), and unrescued; repeating either is a no-op',
      async (device) => {
        const files = await host.filesOf(id);
        const rescue = () => driver.rescue({ ...shared }, { device, graceMs: 0 });
        await twice(rescue);
        expect(await state()).toBe('running');
        await twice(() => driver.unrescue(id));
        expect(await state()).toBe('shutdown');
        expect(await host.filesOf(id)).toEqual(files);
        await rescue();
        // Whoever starts a guest wants it on its own disk.
        await driver.powerOn(id);
        expect(await state()).toBe('running');
        expect(await host.filesOf(id)).toEqual(files);
      },
    );

    // Fault 2026-11 B17.
    test('images are not aged out while a guest uses them', async () => {
      expect(await driver.ageOutImages(0)).toBe(0);
      await driver.reboot(id, { type: 'hard', graceMs: 0 });
      expect(await state()).toBe('running');
    });

    test('a spawn that fails leaves nothing', async () => {
      const failing = await open('wrong');
      onTestFinished(() => failing.close());
      const guest = host.makeGuest();
      await expect(spawn(guest, failing)).rejects.toThrow();
      await expectNothingLeftOf(guest.serverId);
    });

    test('a spawn that is aborted ends at once and leaves nothing', async () => {
      const slow = await open('forever');
      onTestFinished(() => slow.close());
      const guest = host.makeGuest();
      const abort = new AbortController();
      const spawned = slow.spawn(guest, abort.signal);
      setImmediate(() => abort.abort(new Error('not wanted any more')));
      await expect(spawned).rejects.toThrow();
      await expectNothingLeftOf(guest.serverId);
      await expect(driver.spawn(guest, abort.signal)).rejects.toThrow();
      await expectNothingLeftOf(guest.serverId);
    });

    test('a missing guest is GuestNotFound', async () => {
      const graceMs = 0;
      const calls: (() => Promise<unknown>)[] = [
        () => driver.powerState(nobody),
        () => driver.powerOn(nobody),
        () => driver.powerOff(nobody, { graceMs }),
        () => driver.reboot(nobody, { type: 'soft', graceMs }),
        () => driver.reboot(nobody, { type: 'hard', graceMs }),
        () => driver.pause(nobody),
        () => driver.unpause(nobody),
        () => driver.suspend(nobody),
        () => driver.resume(nobody),
        ...(driver.capabilities.crashDump ? [() => driver.triggerCrashDump(nobody)] : []),
        ...(driver.capabilities.setAdminPassword
          ? [() => driver.setAdminPassword(nobody, { user: 'root', password: 'x' }, new AbortController().signal)]
          : []),
        () => driver.attachInterface(nobody, host.makeVif()),
        () => driver.detachInterface(nobody, host.makeVif().macAddress, UNPLUGGING),
        ...volumeCalls(driver, nobody, UNPLUGGING),
        () => driver.diagnostics(nobody),
        () => driver.rescue({ ...shared, serverId: nobody }, { device: null, graceMs }),
        () => driver.consoleOutput(nobody),
        () => driver.snapshot(nobody, target(), { signal: new AbortController().signal }),
      ];
      for (const call of calls) await expect(call()).rejects.toSatisfy(GuestNotFound.is);
    });

    test('destroy removes everything of the guest; for a missing guest it is a no-op', async () => {
      const gone = new AbortController();
      const destroyed = driver.destroy(id).finally(() => gone.abort());
      // Whoever lists the guests meanwhile does not bring it back.
      while (!gone.signal.aborted) {
        await driver.listGuests();
        await nextTurn();
      }
      await destroyed;
      expect(await driver.listGuests()).toEqual([]);
      await driver.destroy(id);
      await expectNothingLeftOf(id);
      await driver.destroy(nobody);
      expect(await driver.listGuests()).toEqual([]);
    });
  });
};

const twice = async (act: () => Promise<void>): Promise<void> => {
  await act();
  await act();
};

/** Where to send an image; each has its own id. */
const target = (diskFormat: SnapshotFormat = 'qcow2'): ImageTarget => {
  return { imageId: asId<ImageId>(systemIds.uuid()), diskFormat, url: 'http://images.example', token: '' };
};
