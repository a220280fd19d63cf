/** Real guests move between two private hosts while they run: their memory, their disk, their console and their network go on. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { hostLayout } from '../../src/virt/libvirt/private-host/layout.ts';
import { privateHostRequirements } from '../../src/virt/libvirt/private-host/requirements.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { consoleUrl, view } from '../support/console-viewer.ts';
import { type DebianPostgres, debianPostgres, debianPostgresBin } from '../support/debian-postgres.ts';
import { type Rabbitmq, startRabbitmq } from '../support/rabbitmq.ts';
import { realHost } from '../support/real-host.ts';
import { until } from '../support/until.ts';
import { verifyCloud } from '../support/verify-cloud.ts';
import { wideCloudMissing } from '../support/wide-cloud.ts';

const HOSTS = ['hv-1', 'hv-2'] as const;
const requirements = await privateHostRequirements();
const unmet = requirements.ok ? await wideCloudMissing() : requirements.missing;
const missing = process.env['CI'] === 'true' ? undefined : unmet;
const WAIT_MS = 120_000;

/** The longest that the guest may be silent, in milliseconds: an emulated one stops while its memory moves. */
const LONGEST_SILENCE_MS = 2_000;

/** Counts in memory, five times a second, and tells with each count what its disk holds; the page cache may not answer. */
const COUNTER = `#!/bin/sh
echo written-before-the-move > /root/mark; sync
(n=0; while :; do n=$((n+1)); echo 3 > /proc/sys/vm/drop_caches; echo "COUNT $n $(cat /root/mark)" > /dev/ttyS0; sleep 0.2; done) &
`;

/** Asks another guest, over and over, whether it is there, and tells. */
const pinger = (address: string) => `#!/bin/sh
(n=0; while :; do n=$((n+1)); ping -c 1 -W 1 ${address} > /dev/null 2>&1 && a=ok || a=lost; echo "PING $n $a" > /dev/ttyS0; sleep 0.2; done) &
`;

/** The most pings in a row that may have no answer, a second each: the emulated guest stands still for some of it. */
const LONGEST_LOSS = 2;

const otherThan = (host: string) => HOSTS.find((one) => one !== host) ?? '';

/** Slow enough to be hit while it runs, and fast enough for a test. */
const CONFIG = `
[DEFAULT]
report_interval = 1
[libvirt]
live_migration_bandwidth = 96
`;

describe.skipIf(missing !== undefined)(`live migration of a real guest${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  let rabbitmq: Rabbitmq;
  let postgres: DebianPostgres;
  let directory: string;
  let env: Record<string, string>;
  let demo: CloudClient;
  let admin: CloudClient;
  let id: string;
  let address: string;
  let networkId: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nova-live-'));
    const config = join(directory, 'nova.conf');
    [rabbitmq, postgres] = await Promise.all([
      startRabbitmq(),
      debianPostgres((await debianPostgresBin()) ?? ''),
      writeFile(config, CONFIG),
    ]);
    await postgres.start();
    env = { NOVA_TRANSPORT_URL: rabbitmq.url, NOVA_DATABASE_URL: postgres.url, NOVA_CONFIG: config };
    const control = ['api', 'conductor', 'scheduler', 'consoleauth', 'serialproxy'].map((service) => ({
      name: service,
      service,
      env: { NOVA_HOST: 'control' },
    }));
    const onHosts = HOSTS.flatMap((host) =>
      ['network', 'compute'].map((service) => ({ name: `${service} ${host}`, service, env: { NOVA_HOST: host } })),
    );
    cloud = await startCloud({
      services: [...control, ...onHosts],
      env: { ...env, NOVA_VIRT_DRIVER: 'libvirt', NOVA_LIBVIRT_DAEMON: 'private' },
    });
    [demo, admin] = [await cloud.demo(), await cloud.admin()];
    const groups = await demo.ask('network', 'GET', '/v2.0/security-groups?name=default');
    const rule = { security_group_id: groups.body.security_groups[0].id, direction: 'ingress', protocol: 'tcp', ethertype: 'IPv4' };
    await demo.ask('network', 'POST', '/v2.0/security-group-rules', {
      security_group_rule: { ...rule, port_range_min: 22, port_range_max: 22 },
    });
    id = await demo.boot({ name: 'walker', user_data: Buffer.from(COUNTER).toString('base64') });
    address = (await demo.settled(id, WAIT_MS)).addresses.private[0].addr;
    networkId = (await demo.ask('network', 'GET', '/v2.0/networks?name=private')).body.networks[0].id;
  }, 240_000);
  afterAll(async () => {
    await cloud?.destroy();
    await Promise.all([rabbitmq?.stop(), postgres?.remove(), rm(directory, { recursive: true, force: true })]);
  });

  const at = { 'openstack-api-version': 'compute 2.80' };
  const hostOf = async () => String((await admin.server(id))['OS-EXT-SRV-ATTR:host']);
  const consoleOf = async (): Promise<string> =>
    (await demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, { 'os-getConsoleOutput': {} })).body.output ?? '';
  const counts = async () => [...(await consoleOf()).matchAll(/COUNT (\d+) (.*?)\r?$/gm)].map(([, n, mark]) => ({ n: Number(n), mark }));
  const lastCount = async () => (await counts()).at(-1)?.n ?? 0;
  const migrations = async () => (await admin.ask('compute', 'GET', `/v2.1/servers/${id}/migrations`, undefined, at)).body.migrations;
  const move = async () => {
    const body = { 'os-migrateLive': { host: null, block_migration: 'auto' } };
    expect(await admin.ask('compute', 'POST', `/v2.1/servers/${id}/action`, body, at)).toMatchObject({ status: 202 });
  };
  const isRunning = () =>
    until(async () => (await migrations())[0]?.status === 'running', { what: 'the migration runs', timeoutMs: WAIT_MS });
  const answersOn = async (host: string) =>
    (await realHost(cloud, host).near(networkId, 'timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${address}/22 && head -c 4 <&3`)) !==
    undefined;

  /** The longest time in which neither host's console log of the guest grew, until it is told to stop. */
  const silence = (stop: AbortSignal) => {
    const logs = HOSTS.map((name) => {
      const { directory: home } = hostLayout({ name, directory: join(cloud.stateDir, 'hosts', name) });
      return join(home, 'instances', id, 'console.log');
    });
    const sizes = () =>
      Promise.all(
        logs.map((path) =>
          stat(path).then(
            ({ size }) => size,
            () => 0,
          ),
        ),
      );
    return (async () => {
      let [known, sinceMs, longestMs] = [await sizes(), performance.now(), 0];
      while (!stop.aborted) {
        await systemClock.sleep(20);
        const now = await sizes();
        longestMs = Math.max(longestMs, performance.now() - sinceMs);
        if (now.some((size, which) => size > (known[which] ?? 0))) sinceMs = performance.now();
        known = now;
      }
      return longestMs;
    })();
  };

  test('it counts on, on the other host, after a moment of silence; its console, disk and network go on', async () => {
    await until(async () => (await lastCount()) > 3, { what: 'the guest counts', timeoutMs: WAIT_MS });
    const [source, before] = [await hostOf(), await lastCount()];
    const { 'OS-SRV-USG:launched_at': launched } = await admin.server(id);
    const stop = new AbortController();
    const silent = silence(stop.signal);
    await move();
    await isRunning();
    expect((await migrations())[0]).toMatchObject({ source_compute: source, dest_compute: otherThan(source) });
    expect(await demo.settled(id, WAIT_MS)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:power_state': 1 });
    const host = await hostOf();
    expect(host).toBe(otherThan(source));
    const arrived = await lastCount();
    await until(async () => (await lastCount()) > arrived + 5, { what: 'the guest counts on', timeoutMs: WAIT_MS });
    stop.abort();
    expect(await silent).toBeLessThan(LONGEST_SILENCE_MS);
    const all = await counts();
    expect(all.map(({ n }) => n)).toEqual(all.map((_, index) => (all[0]?.n ?? 0) + index));
    expect(all[0]?.n).toBeLessThanOrEqual(before);
    expect(new Set(all.map(({ mark }) => mark))).toEqual(new Set(['written-before-the-move']));
    expect(await admin.server(id)).toMatchObject({ 'OS-SRV-USG:launched_at': launched });
    expect(await realHost(cloud, source).remains()).toEqual([]);
    await until(() => answersOn(host), { what: 'the guest answers in its network', timeoutMs: 20_000 });
  }, 300_000);

  test('it comes back although the compute service that sends it is killed meanwhile', async () => {
    const source = await hostOf();
    const serial = await consoleUrl(demo, id, 'serial', 'serial');
    const viewer = view(serial, { secret: 's-1' });
    await viewer.reads('COUNT', WAIT_MS);
    await move();
    await isRunning();
    await cloud.kill9(`compute ${source}`);
    await cloud.start();
    await demo.settled(id, WAIT_MS);
    // The session has ended with its host's service; the token has followed the server.
    expect((await viewer.ended)[0]).toBe(4410);
    const again = view(serial, { secret: 's-1' });
    await again.reads('COUNT', 30_000);
    again.close();
    const host = await hostOf();
    expect(host).toBe(otherThan(source));
    expect([await realHost(cloud, source).guests(), (await realHost(cloud, host).guests()).length]).toEqual([[], 1]);
    const before = await lastCount();
    await until(async () => (await lastCount()) > before, { what: 'the guest counts on', timeoutMs: WAIT_MS });
    await until(() => answersOn(host), { what: 'the guest answers in its network', timeoutMs: 20_000 });
    expect(await realHost(cloud, source).remains()).toEqual([]);
  }, 300_000);

  test('an aborted migration leaves it where it is', async () => {
    const source = await hostOf();
    await move();
    await isRunning();
    const [{ id: number }] = await migrations();
    expect(await admin.ask('compute', 'DELETE', `/v2.1/servers/${id}/migrations/${number}`, undefined, at)).toMatchObject({ status: 202 });
    expect(await demo.settled(id, WAIT_MS)).toMatchObject({ status: 'ACTIVE' });
    expect(await hostOf()).toBe(source);
    expect(await realHost(cloud, otherThan(source)).remains()).toEqual([]);
    const before = await lastCount();
    await until(async () => (await lastCount()) > before, { what: 'the guest counts on', timeoutMs: WAIT_MS });
    expect(await verifyCloud(cloud, { env })).toMatchObject({ status: 0, breaches: [], notChecked: [] });
  }, 300_000);

  test('a guest of the other host reaches it in their network, and loses next to nothing while it moves there and away', async () => {
    const group = (await demo.ask('network', 'GET', '/v2.0/security-groups?name=default')).body.security_groups[0].id;
    const rule = { security_group_id: group, direction: 'ingress', protocol: 'icmp', ethertype: 'IPv4' };
    expect((await demo.ask('network', 'POST', '/v2.0/security-group-rules', { security_group_rule: rule })).status).toBe(201);
    const source = await hostOf();
    const friend = await admin.boot({
      name: 'friend',
      networks: [{ uuid: networkId }],
      availability_zone: `nova:${otherThan(source)}`,
      user_data: Buffer.from(pinger(address)).toString('base64'),
    });
    expect((await admin.settled(friend, WAIT_MS))['OS-EXT-SRV-ATTR:host']).toBe(otherThan(source));
    const pings = async () => {
      const { body } = await admin.ask('compute', 'POST', `/v2.1/servers/${friend}/action`, { 'os-getConsoleOutput': {} });
      return [...String(body.output ?? '').matchAll(/PING \d+ (ok|lost)/g)].map(([, how]) => how);
    };
    const answered = async () => (await pings()).filter((how) => how === 'ok').length;
    await until(async () => (await answered()) > 3, { what: 'the guests hear each other', timeoutMs: WAIT_MS });
    const before = (await pings()).lastIndexOf('lost') + 1;
    for (const host of [otherThan(source), source]) {
      await move();
      await isRunning();
      await demo.settled(id, WAIT_MS);
      expect(await hostOf()).toBe(host);
      const until10 = (await answered()) + 10;
      await until(async () => (await answered()) > until10, { what: 'they still do', timeoutMs: WAIT_MS });
    }
    const losses = (await pings())
      .slice(before)
      .join(' ')
      .split('ok')
      .map((run) => run.split('lost').length - 1);
    expect(Math.max(...losses)).toBeLessThanOrEqual(LONGEST_LOSS);
  }, 300_000);
});
