/** Guests ask 169.254.169.254 in their host's namespace; a metadata service outside is told who they are. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../../../test/support/until.ts';
import { systemClock } from '../../../../lib/clock/clock.ts';
import { sampleNetwork, samplePort } from '../../../network-samples.ts';
import { listenInside } from '../../shell/listen-inside.ts';
import { cloudMark } from './cloud-mark.ts';
import { type TestGuest, type TestHost, lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'metadata for guests', () => {
  const network = sampleNetwork(20);
  const port = samplePort(network, 11);
  const asked: IncomingMessage[] = [];
  let directory: string;
  let service: Server;
  let host: TestHost;
  let guest: TestGuest;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nova-metadata-'));
    const socketPath = join(directory, 'metadata.sock');
    service = createServer((request, response) => {
      asked.push(request);
      response.end('hello guest');
    }).listen(socketPath);
    await once(service, 'listening');
    host = await makeTestHost({ metadata: { target: `unix:${socketPath}`, secret: 'shared' } });
    await host.driver.converge({ networks: [network], ports: [] });
    guest = await host.guest(await host.driver.plug(port, network));
    await guest.configure('10.20.0.11', '10.20.0.1');
  });
  afterAll(async () => {
    await host?.cleanUp();
    service?.close();
    await rm(directory, { recursive: true, force: true });
  });

  test('a guest is answered, and the service is told which server asks', async () => {
    expect(await get(guest, '/latest/meta-data/')).toBe('hello guest');
    expect(asked[0]?.url).toBe('/latest/meta-data/');
    expect(asked[0]?.headers).toMatchObject({
      'x-instance-id': port.serverId,
      'x-tenant-id': port.projectId,
      'x-instance-id-signature': createHmac('sha256', 'shared').update(port.serverId).digest('hex'),
      'x-forwarded-for': '10.20.0.11',
    });
  });

  test('a port asks by its own addresses only, even without port security', async () => {
    const before = asked.length;
    await host.driver.updateSecurity([
      { ...port, fixedIps: [{ subnetId: 'subnet-20', ipAddress: '10.20.0.12' }], portSecurityEnabled: false },
    ]);
    await expect(get(guest, '/')).rejects.toThrow();
    await host.driver.updateSecurity([port]);
    expect(await get(guest, '/')).toBe('hello guest');
    expect(asked.length).toBe(before + 1);
  });

  test('an address that no port of this host has is answered 404, and the service gets no request', async () => {
    const before = asked.length;
    // From the host itself: it comes from no tap, so no filter stands before the proxy.
    const asking = host.shell.run('busybox', [
      'timeout',
      '3',
      'busybox',
      'wget',
      '-O',
      '-',
      `http://169.254.169.254:${cloudMark('a cloud').metadataPort}/`,
    ]);
    await expect(asking).rejects.toMatchObject({ params: { stderr: expect.stringContaining('404') } });
    expect(asked.length).toBe(before);
  });

  test('a listener that stopped is restarted', async () => {
    expect(await host.driver.converge({ networks: [network], ports: [port] })).not.toContainEqual(
      expect.objectContaining({ part: 'metadata' }),
    );
    const again = host.newDriver();
    await host.driver.close();
    expect(await again.converge({ networks: [network], ports: [port] })).toContainEqual(expect.objectContaining({ part: 'metadata' }));
    expect(await get(guest, '/')).toBe('hello guest');
    await again.close();
  });

  test('a port that is held for a moment is waited for; one that stays held is named with the reason', async () => {
    const { netns } = host.shell;
    const held = await listenInside(netns, '127.0.0.1', HELD_PORT);
    setTimeout(() => held.close(), 500);
    const next = await listenInside(netns, '127.0.0.1', HELD_PORT);
    const refused = listenInside(netns, '127.0.0.1', HELD_PORT);
    await expect(refused).rejects.toThrow(`A host cannot listen on port ${HELD_PORT}: in the namespace ${netns}, listen EADDRINUSE`);
    next.close();
  });

  test('a process that is killed while it takes sockets leaves no child that holds one', async () => {
    const { netns } = host.shell;
    const takes = `import { listenInside } from '${LISTEN_INSIDE}';
      for (;;) (await listenInside('${netns}', '127.0.0.1', ${HELD_PORT})).close();`;
    for (const afterMs of KILLS_AFTER_MS) {
      const taker = spawn(process.execPath, ['--input-type=module', '-e', takes], { stdio: 'ignore' });
      await systemClock.sleep(afterMs);
      taker.kill('SIGKILL');
      await once(taker, 'exit');
    }
    const held = async () => (await host.shell.run('ss', ['-Hltn', `sport = :${HELD_PORT}`])).stdout;
    await until(async () => (await held()) === '', { what: 'nobody listens any more', timeoutMs: 5_000 });
  });
});

const HELD_PORT = 8099;
/** Kills that hit a child at different points of handing its socket over. */
const KILLS_AFTER_MS = [600, 750, 900];
const LISTEN_INSIDE = new URL('../../shell/listen-inside.ts', import.meta.url).href;

/** The body of the answer; rejects where there is none. */
const get = async (from: TestGuest, path: string): Promise<string> => {
  const wget = ['timeout', '3', 'busybox', 'wget', '-q', '-O', '-', '--header', 'X-Instance-ID: someone-else'];
  return (await from.shell.run('busybox', [...wget, `http://169.254.169.254${path}`])).stdout;
};
