import { copyFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OfferedFile } from '../lib/handover/file-offer.ts';
import type { OfferedFiles } from '../lib/handover/offered-files.ts';
import type { GuestSpec, MovedGuest } from '../objects/guest-spec.ts';
import type { ServerId } from '../objects/ids.ts';
import type { VirtDriver } from './driver.ts';
import type { ContractHost, ContractSubject } from './driver.contract.ts';
import { GuestInWrongState, GuestNotFound } from './errors.ts';

const READY_LIMIT_MS = 60_000;
const GRACE_MS = 30_000;
const now = () => new AbortController().signal;

/** Packed files as the other host sees them; the real ones come over the network. */
export const handedOver = (files: readonly OfferedFile[]): OfferedFiles => ({
  files: files.map(({ name, bytes }) => ({ name, bytes })),
  fetch: async (name, to, signal, onBytes = () => {}) => {
    signal.throwIfAborted();
    const file = files.find((one) => one.name === name);
    if (!file) throw new Error(`there is no ${name}`);
    await copyFile(file.path, to);
    onBytes(file.bytes);
  },
});

/** The contract of guests that move between two hosts, or to another size. */
export const describeMoves = ({ name, skip, makeHost }: ContractSubject): void => {
  describe.skipIf(skip !== undefined)(`${name}, a virt driver, moves guests`, () => {
    let here: ContractHost;
    let there: ContractHost;
    let source: VirtDriver;
    let destination: VirtDriver;
    let guest: GuestSpec;
    let id: ServerId;

    beforeAll(async () => {
      [here, there] = [await makeHost(), await makeHost()];
      [source, destination] = [here.makeDriver(), there.makeDriver()];
      await source.start();
      await destination.start();
      guest = here.makeGuest();
      id = guest.serverId;
    });
    afterAll(async () => {
      await source?.close();
      await destination?.close();
      await here?.stop();
      await there?.stop();
    });

    const boots = async (driver: VirtDriver) =>
      [...(await driver.consoleOutput(id)).matchAll(/boots=(\d+)/g)].map(([, count]) => Number(count)).at(-1);
    const ready = (driver: VirtDriver, count: number) =>
      expect.poll(() => boots(driver), { timeout: READY_LIMIT_MS, interval: 100 }).toBe(count);
    const moved = (rootGb: number): MovedGuest => {
      const { disk, kernel: _, ramdisk: __, ...rest } = guest;
      return {
        ...rest,
        image: disk?.image ?? null,
        flavor: { ...guest.flavor, rootGb, ephemeralGb: rootGb, swapMb: 8, ramMb: guest.flavor.ramMb + 32 },
      };
    };
    const off = (driver: VirtDriver) => driver.powerOff(id, { graceMs: GRACE_MS });

    test('only a guest that is off is packed or resized', async () => {
      await source.spawn(guest, now());
      await ready(source, 1);
      await expect(source.pack(id)).rejects.toSatisfy(GuestInWrongState.is);
      await expect(source.resize(moved(1), now())).rejects.toSatisfy(GuestInWrongState.is);
      await expect(source.pack(here.makeGuest().serverId)).rejects.toSatisfy(GuestNotFound.is);
      expect(await source.powerState(id)).toBe('running');
    });

    test('a guest that is unpacked is off, and continues there with its disk; the one that was packed is as it was', async () => {
      await off(source);
      const packed = await source.pack(id);
      const told: number[] = [];
      for (const _ of ['once', 'and again']) await destination.unpack(moved(1), handedOver(packed), now(), (percent) => told.push(percent));
      expect(await destination.powerState(id)).toBe('shutdown');
      await destination.powerOn(id);
      await ready(destination, 2);
      expect(told.every((percent) => percent >= 0 && percent <= 100)).toBe(true);
      expect(await source.powerState(id)).toBe('shutdown');
      await source.powerOn(id);
      await ready(source, 2);
    });

    test('what fails to be unpacked or is aborted leaves nothing', async () => {
      await off(source);
      await destination.destroy(id);
      const packed = handedOver(await source.pack(id));
      const broken: OfferedFiles = { ...packed, fetch: () => Promise.reject(new Error('the other host is gone')) };
      await expect(destination.unpack(moved(1), broken, now())).rejects.toThrow();
      await expect(destination.unpack(moved(1), packed, AbortSignal.abort(new Error('not wanted any more')))).rejects.toThrow();
      expect(await destination.listGuests()).toEqual([]);
      expect(await there.filesOf(id)).toEqual([]);
    });

    test('a guest that is resized and reverted is what it was', async () => {
      const before = await here.filesOf(id);
      for (const _ of ['once', 'and again']) await source.resize(moved(1), now());
      await source.powerOn(id);
      await ready(source, 3);
      await off(source);
      for (const _ of ['once', 'and again']) await source.revertResize(id);
      expect((await here.filesOf(id)).toSorted()).toEqual(before.toSorted());
      await source.powerOn(id);
      // The boot since the resize is forgotten with the disk that had counted it.
      await ready(source, 3);
    });

    test('a guest that is resized and confirmed stays so', async () => {
      await off(source);
      await source.resize(moved(1), now());
      await source.powerOn(id);
      for (const _ of ['once', 'and again']) await source.confirmResize(id);
      await ready(source, 4);
      await off(source);
      await source.revertResize(id);
      await source.powerOn(id);
      await ready(source, 5);
    });
  });
};
