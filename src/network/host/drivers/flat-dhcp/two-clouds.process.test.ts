/** Two clouds in one network namespace: each serves its guests, and leaves alone what is the other's. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sampleExternal, sampleNetwork, samplePort, sampleRule } from '../../../network-samples.ts';
import { SubnetIsOfHost } from '../../driver.ts';
import { bridgeName, tapName } from '../../device-names.ts';
import { pidsWithArgument } from './daemon-process.ts';
import { type TestHost, lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'two clouds on one host', () => {
  let directory: string;
  let host: TestHost;

  /** One cloud's part of the host: a network with two guests that may ping each other, and its metadata service. */
  const openCloud = async (cloudId: string, number: number) => {
    const stateDir = join(directory, cloudId);
    const target = join(directory, `${cloudId}.sock`);
    const service = createServer((_request, response) => response.end(cloudId)).listen(target);
    await once(service, 'listening');
    const options = { cloudId, stateDir, programDir: directory, metadata: { target: `unix:${target}`, secret: 's' } };
    const network = sampleNetwork(number);
    const ports = [11, 12].map((at) =>
      samplePort(network, at, { rules: [sampleRule({ protocol: 'icmp' }), sampleRule({ direction: 'egress' })] }),
    );
    const driver = host.newDriver(options);
    const wanted = { networks: [network], ports };
    const daemon = `--conf-file=${join(stateDir, 'dhcp', bridgeName(network), 'dnsmasq.conf')}`;
    return { cloudId, number, driver, options, network, ports, wanted, daemon, stop: () => service.close() };
  };
  let east: Awaited<ReturnType<typeof openCloud>>;
  let west: Awaited<ReturnType<typeof openCloud>>;

  const guestsOf = async ({ number, driver, network, ports }: typeof east) => {
    await driver.converge({ networks: [network], ports: [] });
    const guests = await Promise.all(ports.map(async (port) => host.guest(await driver.plug(port, network))));
    for (const [at, guest] of guests.entries()) await guest.configure(`10.${number}.0.1${at + 1}`, `10.${number}.0.1`);
    return guests;
  };
  const expectServed = async ({ cloudId, number, wanted, daemon, driver }: typeof east, guests: Awaited<ReturnType<typeof guestsOf>>) => {
    expect(await driver.converge(wanted)).toEqual([]);
    const [one] = guests;
    expect(await one?.pings(`10.${number}.0.12`)).toBe(true);
    const wget = ['timeout', '3', 'busybox', 'wget', '-q', '-O', '-', 'http://169.254.169.254/'];
    expect((await one?.shell.run('busybox', wget))?.stdout).toBe(cloudId);
    expect(await one?.dhcp()).toMatchObject({ ip: `10.${number}.0.11` });
    expect(await pidsWithArgument(daemon)).toHaveLength(1);
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nova-two-clouds-'));
    host = await makeTestHost();
    east = await openCloud('east', 20);
    west = await openCloud('west', 21);
  });
  afterAll(async () => {
    for (const cloud of [east, west]) {
      await cloud?.driver.tearDown();
      cloud?.stop();
    }
    await host?.cleanUp();
    await rm(directory, { recursive: true, force: true });
  });

  // Fault 2026-11 B15.
  test("serve their guests beside each other, come and go, and leave what is the other cloud's", async () => {
    const inEast = await guestsOf(east);
    const inWest = await guestsOf(west);
    await expectServed(east, inEast);
    await expectServed(west, inWest);
    // A tap that is in no cloud's books is dropped.
    for (const { id } of west.ports) await west.driver.unplug(id);
    expect(await inWest[0]?.pings('10.21.0.12')).toBe(false);
    expect(await inEast[0]?.pings('10.20.0.12')).toBe(true);
    // The other cloud restarts, at first without knowing anything.
    await west.driver.close();
    const restarted = { ...west, driver: host.newDriver(west.options) };
    onTestFinished(() => restarted.driver.tearDown());
    await restarted.driver.converge({ networks: [], ports: [] });
    await expectServed(east, inEast);
    await east.driver.tearDown();
    expect(await pidsWithArgument(east.daemon)).toEqual([]);
    const links = async () => (await host.shell.run('ip', ['-br', 'link'])).stdout;
    expect(await links()).not.toContain(bridgeName(east.network));
    await restarted.driver.converge(west.wanted);
    for (const port of west.ports) await host.shell.run('ip', ['link', 'set', tapName(port.id), 'master', bridgeName(west.network)]);
    await expectServed(restarted, inWest);
  });

  // Fault 2026-11 B15.
  test("do not take each other's addresses outside", async () => {
    const outside = sampleExternal(40);
    await east.driver.converge({ ...east.wanted, networks: [...east.wanted.networks, outside] });
    const clashing = { ...outside, id: west.network.id };
    await west.driver.converge({ networks: [], ports: [] });
    await expect(west.driver.plug(samplePort(clashing, 13), clashing)).rejects.toSatisfy(SubnetIsOfHost.is);
  });
});
