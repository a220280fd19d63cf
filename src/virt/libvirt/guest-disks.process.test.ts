/** Real guests say what disks they have, what is on their config drive in both of its formats, and what they see while they are rescued. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GuestSpec } from '../../objects/guest-spec.ts';
import type { LibvirtDriver } from './driver.ts';
import { cannotTryLibvirt, type LibvirtTestHost, startLibvirtTestHost } from './libvirt-test-host.ts';

const skip = await cannotTryLibvirt();
const WAIT = { timeout: 90_000, interval: 200 };

/** Runs once in the guest, and tells on the console what it finds. */
const script = `#!/bin/sh
{
  for disk in /sys/block/[vs][dr]*; do echo "DISK \${disk##*/} $(cat $disk/size)"; done
  mkdir -p /run/eph /run/drive
  mount -t ext4 /dev/vdb /run/eph && echo EPHEMERAL-MOUNTED
  swapon /dev/vdc && echo SWAP-ON
  mount -o ro -t iso9660 /dev/sr0 /run/drive 2>/dev/null || mount -o ro -t vfat /dev/vdz /run/drive 2>/dev/null || mount -o ro -t vfat /dev/vdd /run/drive
  echo "PASSWORD $(sed -n 's/.*"admin_pass":"\\([^"]*\\)".*/\\1/p' /run/drive/openstack/latest/meta_data.json)"
  echo "MOTD $(cat /run/drive/openstack/content/0000)"
  echo TOLD
} >/dev/ttyS0 2>&1
`;

/** Runs in the rescue system: the server's own root disk is the second one, and has its files. */
const rescueScript = `#!/bin/sh
{
  for disk in /sys/block/v*; do echo "RESCUE-DISK \${disk##*/} $(cat $disk/size)"; done
  mkdir -p /run/own
  mount -t ext4 -o ro /dev/vdb /run/own && echo "OWN-BOOTS $(cat /run/own/var/lib/guest/boots)"
} >/dev/ttyS0 2>&1
`;

const driveOf = (password: string, userData = script) =>
  Object.entries({
    'openstack/latest/meta_data.json': JSON.stringify({ uuid: `i-${password}`, hostname: 'driven', admin_pass: password }),
    'openstack/latest/user_data': userData,
    'openstack/content/0000': 'welcome',
  }).map(([path, content]) => ({ path, content: Buffer.from(content).toString('base64') }));

describe.skipIf(skip !== undefined)('the disks of a guest', () => {
  let host: LibvirtTestHost;
  const drivers: LibvirtDriver[] = [];

  beforeAll(async () => {
    host = await startLibvirtTestHost();
  });
  afterAll(async () => {
    await Promise.all(drivers.map((driver) => driver.close()));
    await host?.stop();
  });

  test.for(['iso9660', 'vfat'] as const)(
    'are those of its flavor, and a config drive in %s that stays over a reboot',
    { timeout: 240_000 },
    async (format) => {
      const driver = host.makeDriver('well', { configDriveFormat: format });
      drivers.push(driver);
      await driver.start();
      const flavor = { ...host.makeGuest().flavor, ephemeralGb: 1, swapMb: 64 };
      const guest: GuestSpec = host.makeGuest({ flavor, configDrive: driveOf(`secret-${format}`) });
      await driver.spawn(guest, new AbortController().signal);
      const told = () => driver.consoleOutput(guest.serverId);
      await expect.poll(told, WAIT).toMatch(/GUEST-READY metadata=drive id=i-secret-\w+ hostname=driven .*boots=1\b/);
      const console = await told();
      expect(console).toContain('DISK vdb 2097152');
      expect(console).toContain('DISK vdc 131072');
      for (const line of ['EPHEMERAL-MOUNTED', 'SWAP-ON', `PASSWORD secret-${format}`, 'MOTD welcome']) expect(console).toContain(line);
      await driver.reboot(guest.serverId, { type: 'soft', graceMs: 30_000 });
      await expect.poll(told, WAIT).toMatch(/GUEST-READY metadata=drive id=i-secret-\w+ hostname=driven .*boots=2\b/);
      await driver.destroy(guest.serverId);
      expect(await host.filesOf(guest.serverId)).toEqual([]);
    },
  );

  test('of a rescued guest are the rescue disk and then its own, until it is unrescued', { timeout: 240_000 }, async () => {
    const driver = host.makeDriver();
    drivers.push(driver);
    await driver.start();
    const guest = host.makeGuest();
    const told = () => driver.consoleOutput(guest.serverId);
    await driver.spawn(guest, new AbortController().signal);
    await expect.poll(told, WAIT).toMatch(/GUEST-READY .*boots=1\b/);
    await driver.rescue({ ...guest, configDrive: driveOf('rescue', rescueScript) }, { device: null, graceMs: 30_000 });
    await expect.poll(told, WAIT).toMatch(/GUEST-READY metadata=drive id=i-rescue .*boots=1\b/);
    expect(await told()).toMatch(/RESCUE-DISK vda \d+\s+RESCUE-DISK vdb \d+\s+OWN-BOOTS 1/);
    await driver.unrescue(guest.serverId);
    await driver.powerOn(guest.serverId);
    await expect.poll(told, WAIT).toMatch(/GUEST-READY metadata=none .*boots=2\b/);
    await driver.destroy(guest.serverId);
    expect(await host.filesOf(guest.serverId)).toEqual([]);
  });
});
