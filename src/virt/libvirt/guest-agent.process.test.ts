import { connect, type Domain, type Libvirt } from '@nova-ts/libvirt';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GuestSpec } from '../../objects/guest-spec.ts';
import { GuestAgentFailed } from '../errors.ts';
import type { LibvirtDriver } from './driver.ts';
import { cannotTryLibvirt, type LibvirtTestHost, startLibvirtTestHost } from './libvirt-test-host.ts';

const skip = await cannotTryLibvirt();
const never = new AbortController().signal;

describe.skipIf(skip !== undefined)('the agent in a real guest', () => {
  let host: LibvirtTestHost;
  let driver: LibvirtDriver;
  let libvirt: Libvirt;
  let guest: GuestSpec;
  let domain: Domain;

  beforeAll(async () => {
    host = await startLibvirtTestHost();
    driver = host.makeDriver();
    await driver.start();
    libvirt = await connect({ socket: host.host.libvirtSocket });
    guest = host.makeGuest();
    await driver.spawn(guest, never);
    domain = await libvirt.lookupByUuid(guest.serverId);
  });
  afterAll(async () => {
    await libvirt?.close();
    await driver?.destroy(guest.serverId).catch(() => {});
    await driver?.close();
    await host?.stop();
  });

  /** Types lines into the serial console, each after what it answers to. */
  const converse = async (lines: readonly (readonly [after: string, line: string])[], until: string): Promise<string> => {
    const console = await libvirt.openConsole(domain);
    const left = [...lines];
    let heard = '';
    let all = '';
    try {
      console.write('\n');
      for await (const chunk of console.iterator({ destroyOnReturn: false })) {
        all += String(chunk);
        heard += String(chunk);
        const [next] = left;
        if (!next && heard.includes(until)) return all;
        if (next && heard.includes(next[0])) {
          left.shift();
          heard = '';
          console.write(`${next[1]}\n`);
        }
      }
      return all;
    } finally {
      // It must be closed before the next one is opened: forcing it open meanwhile can lock up libvirtd.
      console.end();
      console.resume();
      await once(console, 'close');
    }
  };

  test('sets a password, with which its user logs in; the password of before is good no more', { timeout: 120_000 }, async () => {
    await driver.setAdminPassword(guest.serverId, { user: 'root', password: 'it\'s a "new" $1' }, never);
    const refused = await converse(
      [
        ['login:', 'root'],
        ['Password:', 'nova-ts'],
      ],
      'incorrect',
    );
    expect(refused).toContain('Login incorrect');
    const answered = await converse(
      [
        ['login:', 'root'],
        ['Password:', 'it\'s a "new" $1'],
        ['#', 'echo logged-$((1 + 1))'],
      ],
      'logged-2',
    );
    expect(answered).toContain('logged-2');
  });

  test('says that it cannot, for a user that is not there', async () => {
    const set = driver.setAdminPassword(guest.serverId, { user: 'nobody-here', password: 'x' }, never);
    await expect(set).rejects.toSatisfy(GuestAgentFailed.is);
  });

  test('is not waited for by work that is given up', async () => {
    const agentless = host.makeGuest({ disk: null });
    await driver.spawn(agentless, never);
    const set = driver.setAdminPassword(agentless.serverId, { user: 'root', password: 'x' }, AbortSignal.timeout(500));
    await expect(set).rejects.toThrow();
    await driver.destroy(agentless.serverId);
  });

  test('thaws a guest that a killed driver left frozen when the next one starts', async () => {
    await writeFile(join(host.options.instancesDir, guest.serverId, 'frozen'), '');
    expect(await libvirt.fsFreeze(domain, [])).toBe(1);
    const next = host.makeDriver();
    await next.start();
    await next.close();
    expect(await libvirt.fsThaw(domain, [])).toBe(0);
    expect(await host.filesOf(guest.serverId)).not.toContain('frozen');
  });
});
