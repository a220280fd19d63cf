/**
 * A real guest sees the hardware that its flavor and its image ask for, has CPUs of its host for itself, and keeps what its firmware and its
 * TPM know when it moves.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GuestSpec, MovedGuest } from '../../objects/guest-spec.ts';
import { hostTrait } from '../../objects/hardware/required-traits.ts';
import { fit } from '../../objects/numa/fit.ts';
import { type GuestPlacement, pinsOf } from '../../objects/numa/guest-placement.ts';
import { wantedTopology } from '../../objects/numa/wanted-topology.ts';
import { handedOver } from '../moves.contract.ts';
import type { LibvirtDriver } from './driver.ts';
import { runTool } from './private-host/tool.ts';
import { cannotTryLibvirt, type LibvirtTestHost, startLibvirtTestHost } from './libvirt-test-host.ts';

/** Debian's packages of UEFI firmware and of the emulator of TPMs, which guests can do without. */
const needed = ['/usr/share/OVMF', '/usr/bin/swtpm', '/usr/bin/swtpm_setup'].filter((path) => !existsSync(path));
const skip =
  (await cannotTryLibvirt()) ?? (process.env['CI'] === 'true' || needed.length === 0 ? undefined : `missing: ${needed.join(', ')}`);
/** Firmware in software emulation is slow, and slower beside others. */
const WAIT = { timeout: 240_000, interval: 200 };
const wanted = new AbortController().signal;

/** Runs in the guest, and tells on the console what it finds. */
const script = `#!/bin/sh
{
  [ -d /sys/firmware/efi ] && echo SEES-UEFI
  [ -e /sys/firmware/acpi/tables/TPM2 ] && echo SEES-TPM
  grep -l 0x25ab /sys/bus/pci/devices/*/device >/dev/null && echo SEES-WATCHDOG
  echo "SERIAL-PORTS $(grep -c 16550A /proc/tty/driver/serial)"
  echo "SOCKETS $(sed -n 's/^physical id.*: //p' /proc/cpuinfo | sort -u | wc -l)"
  echo "PROCESSOR $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)"
  echo TOLD
} >/dev/ttyS0 2>&1
`;

/** All CPUs of the machine are for single guests. */
const division = { shared: undefined, dedicated: Array.from({ length: availableParallelism() }, (_, index) => index), reservedPages: [] };

const cpu = { mode: 'custom', model: 'Nehalem', extraFlags: ['+aes'] } as const;

const configDrive = Object.entries({
  'openstack/latest/meta_data.json': JSON.stringify({ uuid: 'i-hardware', hostname: 'hardware' }),
  'openstack/latest/user_data': script,
}).map(([path, content]) => ({ path, content: Buffer.from(content).toString('base64') }));

describe.skipIf(skip !== undefined)('the hardware of a guest', { timeout: 300_000 }, () => {
  const hosts: LibvirtTestHost[] = [];
  const drivers: LibvirtDriver[] = [];
  let guest: GuestSpec;
  const [at, on] = [(index: number) => drivers[index]!, (index: number) => hosts[index]!];
  const nvram = (index: number) => readFile(join(on(index).options.instancesDir, guest.serverId, 'disk.nvram'));
  const tpm = (index: number) => readFile(join(on(index).options.tpms.states, guest.serverId, 'tpm2', 'tpm2-00.permall'));

  beforeAll(async () => {
    for (const name of ['hv1', 'hv2']) {
      const host = await startLibvirtTestHost(name);
      const driver = host.makeDriver('well', { configDriveFormat: 'vfat', cpu, division });
      await driver.start();
      hosts.push(host);
      drivers.push(driver);
    }
    const made = on(0).makeGuest({ configDrive });
    guest = {
      ...made,
      flavor: {
        ...made.flavor,
        vcpus: 2,
        ramMb: 160,
        extraSpecs: {
          'hw:tpm_version': '2.0',
          'hw:tpm_model': 'tpm-crb',
          'hw:watchdog_action': 'reset',
          'hw:serial_port_count': '2',
          'hw:cpu_sockets': '2',
          'hw:cpu_policy': 'dedicated',
          'hw:mem_page_size': 'small',
          'quota:disk_read_bytes_sec': '104857600',
        },
      },
      disk: made.disk && {
        ...made.disk,
        image: { ...made.disk.image, properties: { ...made.disk.image.properties, hw_firmware_type: 'uefi' } },
      },
    };
  });
  afterAll(async () => {
    for (const driver of drivers) await driver.close();
    for (const host of hosts) await host.stop();
  });

  test('a host tells what it can give', async () => {
    const { capabilities } = await at(0).report();
    expect(capabilities).toEqual(
      expect.arrayContaining([
        hostTrait.uefi,
        hostTrait.secureBoot,
        hostTrait.tpmVersion('2.0'),
        hostTrait.diskBus('scsi'),
        hostTrait.video('vga'),
      ]),
    );
    for (const trait of [hostTrait.cpuLimits, hostTrait.lockedMemory]) expect(capabilities).not.toContain(trait);
  });

  /** The place of the guest on a host of its own. */
  const placeOn = async (index: number): Promise<GuestPlacement> => {
    const topology = wantedTopology({ flavor: guest.flavor, image: guest.disk?.image ?? null });
    const outcome = topology && fit(topology, { topology: (await at(index).report()).topology, guests: [], ratios: { cpu: 1, ram: 1 } });
    if (!outcome || 'because' in outcome) throw new Error(outcome?.because ?? 'it asks for nothing');
    return outcome.placement;
  };
  /** The CPUs on which those of the guest run, as virsh tells them. */
  const cpusOf = async (index: number): Promise<readonly string[]> => {
    const told = await runTool('virsh', ['-c', on(index).host.libvirtUri, 'vcpupin', guest.name]);
    return [...String(told).matchAll(/^ *\d+ +(\S+)$/gm)].map(([, cpus = '']) => cpus);
  };

  test('the guest sees what it asked for', async () => {
    const numa = await placeOn(0);
    await at(0).spawn({ ...guest, numa }, wanted);
    expect(await cpusOf(0)).toEqual(pinsOf(numa).map((pin) => String(pin.on)));
    await expect.poll(() => at(0).consoleOutput(guest.serverId), WAIT).toContain('TOLD');
    const said = await at(0).consoleOutput(guest.serverId);
    for (const line of ['SEES-UEFI', 'SEES-TPM', 'SEES-WATCHDOG', 'SERIAL-PORTS 2', 'SOCKETS 2', 'PROCESSOR Intel Core i7 9xx (Nehalem'])
      expect(said).toContain(line);
  });

  /** On the second host its CPUs are the other way round. */
  const moved = async (to: number): Promise<MovedGuest> => {
    const { disk, kernel: _, ramdisk: __, ...rest } = guest;
    const { nodes, ...place } = await placeOn(to);
    const turned = nodes.map((node) => {
      const cpus = node.pins.map((pin) => pin.on).toSorted((a, b) => (to === 1 ? b - a : a - b));
      return { ...node, pins: node.pins.map(({ cpu }, index) => ({ cpu, on: cpus[index] ?? 0 })) };
    });
    return { ...rest, numa: { ...place, nodes: turned }, image: disk?.image ?? null };
  };

  test('the guest moves while it runs, and back', async () => {
    const { serverId } = guest;
    for (const [from, to] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const there = await moved(to);
      const departure = await at(from).live.departure(serverId);
      const images = handedOver(await at(from).live.packImages(serverId));
      const arrival = await at(to).live.prepareArrival({ guest: there, departure }, images, wanted);
      await at(from).live.migrate(there, arrival, wanted);
      await expect.poll(() => at(to).live.hasArrived(serverId), WAIT).toBe(true);
      await at(to).live.welcome(there, await at(from).live.leftConsole(serverId));
      await at(from).destroy(serverId);
      expect(await cpusOf(to)).toEqual((there.numa ? pinsOf(there.numa) : []).map((pin) => String(pin.on)));
      expect((await nvram(to)).length).toBeGreaterThan(0);
      expect((await tpm(to)).length).toBeGreaterThan(0);
      await expect(tpm(from)).rejects.toThrow('ENOENT');
    }
    expect(await at(0).consoleOutput(serverId)).not.toContain('boots=2');
  });

  test('firmware and TPM keep what they know on another host', async () => {
    const { serverId } = guest;
    await at(0).powerOff(serverId, { graceMs: 30_000 });
    await at(1).unpack(await moved(1), handedOver(await at(0).pack(serverId)), wanted);
    expect(await nvram(1)).toEqual(await nvram(0));
    const before = await tpm(0);
    expect(await tpm(1)).toEqual(before);
    await at(0).destroy(serverId);
    await expect(tpm(0)).rejects.toThrow('ENOENT');
    await at(1).powerOn(serverId);
    expect(await cpusOf(1)).toHaveLength(2);
    await expect.poll(() => at(1).consoleOutput(serverId), WAIT).toContain('boots=2');
    // Its certificates lie at the start; a TPM that was made anew would have others.
    expect((await tpm(1)).subarray(0, 512)).toEqual(before.subarray(0, 512));
    await at(1).destroy(serverId);
    expect(await on(1).filesOf(serverId)).toEqual([]);
    await expect(tpm(1)).rejects.toThrow('ENOENT');
  });
});
