import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { areInstalled, type PrivateDaemon, startDaemon } from '../test/private-daemon.ts';
import { connect, type Domain, type Libvirt, type RemoteStream } from './index.ts';

// No disk: the firmware's own words on the serial line are all the guest that the console needs.
const guestXml = `<domain type='qemu'><name>firmware</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type><bios useserial='yes'/></os><features><acpi/></features>
  <devices><serial type='pty'/><console type='pty'/><video><model type='vga'/></video><memballoon model='none'/></devices></domain>`;

const diskXml = (path: string): string =>
  `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='vdb' bus='virtio'/></disk>`;

const readUntil = async (stream: RemoteStream<void>, wanted: string): Promise<string> => {
  let text = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    if (text.includes(wanted)) return text;
  }
  return text;
};

describe.skipIf(!areInstalled('libvirtd', 'qemu-system-x86_64'))('a real daemon with QEMU', () => {
  let daemon: PrivateDaemon;
  let libvirt: Libvirt;
  let guest: Domain;

  beforeAll(async () => {
    daemon = await startDaemon();
    libvirt = await connect({ socket: daemon.socket, uri: 'qemu:///session' });
    guest = await libvirt.define(guestXml, ['validate']);
  });
  afterAll(async () => {
    await libvirt.destroy(guest).catch(() => undefined);
    await libvirt.close();
    await daemon.stop();
  });

  test('a guest created paused waits, and its console speaks once it is resumed', async () => {
    guest = await libvirt.create(guest, ['paused']);
    expect(await libvirt.state(guest)).toEqual({ state: 'paused', reason: expect.stringMatching(/user|starting-up/) });
    const console = await libvirt.openConsole(guest, undefined, ['force']);
    await libvirt.resume(guest);
    expect(await readUntil(console, 'No bootable device')).toContain('SeaBIOS');
    console.write('typed by the test');
    // Also what a second client meets: the console is taken until it is forced or given back.
    await expect(libvirt.openConsole(guest)).rejects.toMatchObject({ code: 'operation-failed' });
    console.end();
    console.resume();
    await new Promise((resolve) => console.once('close', resolve));
    (await libvirt.openConsole(guest)).destroy();
  });

  test('statistics, picture and monitor are those of a running machine', async () => {
    const [row] = await libvirt.domainStats([guest], ['state', 'cpu-total', 'balloon', 'vcpu']);
    expect(row?.domain).toEqual(guest);
    expect(row?.stats).toMatchObject({ 'state.state': 1, 'vcpu.current': 1, 'balloon.maximum': 32_768n, 'cpu.time': expect.any(BigInt) });
    const picture = await libvirt.screenshot(guest, 0);
    expect(Buffer.concat(await Array.fromAsync(picture)).length).toBeGreaterThan(100);
    expect(await libvirt.qemuMonitor(guest, 'info status', ['hmp'])).toContain('running');
  });

  test('a guest without an agent is told of as such, whatever its agent is asked for', async () => {
    expect(await libvirt.agentSetResponseTimeout(guest, 5)).toBe(0);
    const asked = [libvirt.setUserPassword(guest, 'root', 'x'), libvirt.fsFreeze(guest, []), libvirt.fsThaw(guest, [])];
    for (const answer of asked) await expect(answer).rejects.toMatchObject({ code: 'argument-unsupported' });
  });

  test('a device comes at once, and goes when the guest lets it', async () => {
    const disk = join(daemon.directory, 'disk.raw');
    writeFileSync(disk, Buffer.alloc(1024 * 1024));
    chmodSync(disk, 0o666);
    const added = await libvirt.events('device-added', guest);
    const removed = await libvirt.events('device-removed', guest);
    await libvirt.attachDevice(guest, diskXml(disk), ['live']);
    expect(await libvirt.xml(guest)).toContain(disk);
    expect(await libvirt.xml(guest, ['inactive'])).not.toContain(disk);
    // Without an operating system nobody answers the request, and libvirt stops waiting after five seconds; a reset takes its place.
    await libvirt.detachDevice(guest, diskXml(disk), ['live']);
    await libvirt.reset(guest);
    for (const feed of [added, removed]) {
      for await (const { device } of feed) {
        expect(device).toBe('virtio-disk1');
        break;
      }
    }
    expect(await libvirt.xml(guest)).not.toContain(disk);
  });

  test('saved, a guest ends its console, and goes on where it was', async () => {
    const console = await libvirt.openConsole(guest);
    const ended = new Promise((resolve) => console.once('end', resolve));
    console.resume();
    await libvirt.managedSave(guest);
    await ended;
    expect(await libvirt.state(guest)).toEqual({ state: 'shutoff', reason: 'saved' });
    guest = await libvirt.create(guest);
    expect(await libvirt.state(guest)).toEqual({ state: 'running', reason: 'restored' });
    await libvirt.reset(guest);
    await libvirt.reboot(guest, ['acpi']);
    await libvirt.destroy(guest);
    expect(await libvirt.state(guest)).toEqual({ state: 'shutoff', reason: 'destroyed' });
    await libvirt.undefine(guest, ['managed-save', 'snapshots-metadata', 'nvram']);
  });
});
