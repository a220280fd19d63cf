import { systemClock } from '../src/lib/clock/clock.ts';
import type { BenchCloud } from './cloud.ts';
import { ask, insist } from './load.ts';

// What measurements do with the servers of a cloud.

/**
 * When and how often to poll whether a server has reached its state. Clients poll every second or two, which would dominate the
 * measurement. A server counts from when it was seen, so polling can only make figures worse.
 */
const FIRST_LOOK_MS = 150;
const LOOK_MS = 50;

/** The flavor of the servers. */
const FLAVOR = '42';

/** What a boot names besides its flavor. */
export interface Common {
  readonly imageRef: string;
  readonly networks: readonly object[];
}

/** The image, and a network with room for all servers; a new cloud's network is too small. */
export async function imageAndNetwork(cloud: BenchCloud): Promise<Common> {
  const images = await insist({ url: `${cloud.url('image')}/v2/images?name=tiny`, headers: { 'x-auth-token': cloud.token } });
  const make = async (kind: string, body: object): Promise<{ id: string }> =>
    JSON.parse(
      await insist({
        url: `${cloud.url('network')}/v2.0/${kind}s`,
        method: 'POST',
        headers: { 'x-auth-token': cloud.token, 'content-type': 'application/json' },
        body: JSON.stringify({ [kind]: body }),
      }),
    )[kind];
  const { id } = await make('network', { name: 'bench' });
  await make('subnet', { network_id: id, ip_version: 4, cidr: '10.64.0.0/16' });
  return { imageRef: JSON.parse(images).images[0].id, networks: [{ uuid: id }] };
}

export async function boot(cloud: BenchCloud, server: Common & { readonly name: string }): Promise<string> {
  const body = JSON.stringify({ server: { ...server, flavorRef: FLAVOR } });
  const { id } = JSON.parse(await insist(cloud.compute({ method: 'POST', path: '/servers', body }))).server;
  await becomes(cloud, id, 'ACTIVE');
  return id;
}

/** Asks for an action on a server, and waits until it has this status and no task. */
export async function act(cloud: BenchCloud, id: string, action: object, status: string): Promise<void> {
  await insist(cloud.compute({ method: 'POST', path: `/servers/${id}/action`, body: JSON.stringify(action) }));
  await becomes(cloud, id, status);
}

export async function remove(cloud: BenchCloud, id: string): Promise<void> {
  await insist(cloud.compute({ method: 'DELETE', path: `/servers/${id}` }));
  await seen(async () => (await ask(cloud.compute({ path: `/servers/${id}` }))).status === 404);
}

export const hostOf = async (cloud: BenchCloud, id: string): Promise<string> => (await show(cloud, id))['OS-EXT-SRV-ATTR:host'];

const show = async (cloud: BenchCloud, id: string) => JSON.parse(await insist(cloud.compute({ path: `/servers/${id}` }))).server;

const becomes = (cloud: BenchCloud, id: string, wanted: string): Promise<void> =>
  seen(async () => {
    const { status, fault, 'OS-EXT-STS:task_state': task } = await show(cloud, id);
    if (fault !== undefined) throw new Error(`a server failed: ${fault.message}`);
    return status === wanted && task === null;
  });

async function seen(look: () => Promise<boolean>): Promise<void> {
  await systemClock.sleep(FIRST_LOOK_MS);
  while (!(await look())) await systemClock.sleep(LOOK_MS);
}
