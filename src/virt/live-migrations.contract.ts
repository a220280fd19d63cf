import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../lib/clock/clock.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { FileOffers } from '../lib/handover/file-offers.ts';
import { openOffer } from '../lib/handover/offered-files.ts';
import { silentLog } from '../lib/log/log.ts';
import { asId, type ServerId } from '../objects/ids.ts';
import type { GuestSpec, MovedGuest } from '../objects/guest-spec.ts';
import type { Arrival } from '../objects/live-migration.ts';
import type { VirtDriver } from './driver.ts';
import type { ContractHost } from './driver.contract.ts';
import { GuestInWrongState, GuestNotFound } from './errors.ts';

/** A virt driver on two hosts, between which guests move while they run. */
export interface LiveContractSubject {
  readonly name: string;
  /** Why it cannot be tested here. */
  readonly skip?: string | undefined;
  readonly makeHosts: () => Promise<readonly [ContractHost, ContractHost]>;
}

const WAIT = { timeout: 60_000, interval: 50 };
const GRACE_MS = 30_000;

/** A guest as the other host is told of it. */
const movedOf = ({ disk, kernel: _, ramdisk: __, ...guest }: GuestSpec): MovedGuest => ({ ...guest, image: disk?.image ?? null });

/** The contract of live migration between any two hosts of a virt driver. */
export const describeLiveMigrations = ({ name, skip, makeHosts }: LiveContractSubject): void => {
  describe.skipIf(skip !== undefined)(`${name}, between two hosts`, () => {
    let hosts: readonly ContractHost[] = [];
    const drivers: VirtDriver[] = [];
    let spec: GuestSpec;
    let guest: MovedGuest;
    let id: ServerId;
    const offers = new FileOffers({ address: '127.0.0.1', clock: systemClock, ids: systemIds, log: silentLog });
    const wanted = new AbortController().signal;
    const at = (index: number): VirtDriver => {
      const driver = drivers[index];
      if (!driver) throw new Error(`there is no host ${index}`);
      return driver;
    };
    const filesOn = (index: number) => hosts[index]?.filesOf(id);

    /** Has a host ready for the guest of the other. */
    const prepare = async (from: number, to: number): Promise<Arrival> => {
      const departure = await at(from).live.departure(id);
      await at(to).live.checkArrival(departure);
      const files = await openOffer(await offers.offer(await at(from).live.packImages(id)), wanted);
      return await at(to).live.prepareArrival({ guest, departure }, files, wanted);
    };
    const welcome = async (from: number, to: number) => {
      await at(to).live.welcome(guest, await at(from).live.leftConsole(id));
      await at(from).destroy(id);
    };
    const isOn = async () =>
      await Promise.all(drivers.map(async (driver) => (await driver.listGuests()).find(({ serverId }) => serverId === id)?.powerState));

    beforeAll(async () => {
      hosts = await makeHosts();
      for (const host of hosts) {
        const driver = host.makeDriver();
        await driver.start();
        drivers.push(driver);
      }
      const made = hosts[0]?.makeGuest();
      if (!made) throw new Error('there is no host');
      spec = made;
      id = spec.serverId;
      guest = movedOf(spec);
      await at(0).spawn(spec, wanted);
    });
    afterAll(async () => {
      await offers.close();
      for (const driver of drivers) await driver.close();
      for (const host of hosts) await host.stop();
    });

    test('a host that is prepared for a guest does not have it yet; what was prepared is removed like a guest', async () => {
      await expect.poll(() => at(0).consoleOutput(id), WAIT).toContain('boots=1');
      await prepare(0, 1);
      expect([await at(1).live.hasArrived(id), await at(0).live.stayHere(id, wanted)]).toEqual([false, true]);
      await at(1).destroy(id);
      expect(await filesOn(1)).toEqual([]);
    });

    test('a guest whose other host is no longer prepared stays where it is, running', async () => {
      const arrival = await prepare(0, 1);
      await at(1).destroy(id);
      await expect(at(0).live.migrate(guest, arrival, wanted)).rejects.toThrow('Migration error');
      expect(await isOn()).toEqual(['running', undefined]);
      expect(await at(0).live.stayHere(id, wanted)).toBe(true);
    });

    test('an aborted migration leaves the guest where it is', async () => {
      const arrival = await prepare(0, 1);
      const abort = new AbortController();
      abort.abort(new Error('not wanted any more'));
      await expect(at(0).live.migrate(guest, arrival, abort.signal)).rejects.toThrow('not wanted any more');
      expect([await at(0).live.stayHere(id, wanted), await at(1).live.hasArrived(id)]).toEqual([true, false]);
      await at(1).destroy(id);
      expect(await isOn()).toEqual(['running', undefined]);
    });

    test('a guest goes to the other host and runs on there; nothing of it is left', async () => {
      const before = await at(0).consoleOutput(id);
      const told: number[] = [];
      const arrival = await prepare(0, 1);
      await at(0).live.migrate(guest, arrival, wanted, (percent) => void told.push(percent));
      expect(await isOn()).toEqual([undefined, 'running']);
      expect(await at(0).live.stayHere(id, wanted)).toBe(false);
      await expect.poll(() => at(1).live.hasArrived(id), WAIT).toBe(true);
      await welcome(0, 1);
      expect(await filesOn(0)).toEqual([]);
      const after = await at(1).consoleOutput(id);
      expect(after.startsWith(before.trimEnd())).toBe(true);
      expect(after).not.toContain('boots=2');
      expect(told.length).toBeGreaterThan(0);
    });

    test('repeating a migration that has succeeded is a no-op', async () => {
      await at(0).live.migrate(guest, {}, wanted);
      await at(0).live.hurry(id);
      expect(await isOn()).toEqual([undefined, 'running']);
    });

    test('a guest that has come is a guest like all others: it reboots, pauses, and survives a restart of the driver', async () => {
      await at(1).reboot(id, { type: 'soft', graceMs: GRACE_MS });
      await expect.poll(() => at(1).consoleOutput(id), WAIT).toContain('boots=2');
      await at(1).close();
      const again = hosts[1]?.makeDriver();
      if (!again) throw new Error('there is no host');
      drivers[1] = again;
      await again.start();
      await at(1).pause(id);
      expect(await isOn()).toEqual([undefined, 'paused']);
    });

    test('a paused guest goes back, and stays paused', async () => {
      const arrival = await prepare(1, 0);
      await at(1).live.migrate(guest, arrival, wanted);
      expect(await isOn()).toEqual(['paused', undefined]);
      expect(await at(0).live.hasArrived(id)).toBe(true);
      await welcome(1, 0);
      await at(0).unpause(id);
      expect(await isOn()).toEqual(['running', undefined]);
      expect(await at(0).consoleOutput(id)).toContain('boots=1');
    });

    test('a guest that is off, or is not there, cannot leave', async () => {
      const nobody = asId<ServerId>('00000000-0000-4000-8000-000000000000');
      await expect(at(0).live.departure(nobody)).rejects.toSatisfy(GuestNotFound.is);
      await at(0).powerOff(id, { graceMs: 0 });
      await expect(at(0).live.departure(id)).rejects.toSatisfy(GuestInWrongState.is);
    });
  });
};
