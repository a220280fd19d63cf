/** The projects of the clients, created over the API as an operator would. */
import { ask } from '../support/ask.ts';
import { type CloudClient, logIn } from '../support/cloud-client.ts';
import type { ChaosCloud } from './chaos-cloud.ts';
import type { Tenant } from './session.ts';
import { PUBLIC_KEY } from './thing-operations.ts';

/** A project and its user. */
export interface TenantUser {
  readonly tenant: Tenant;
  readonly who: CloudClient;
}

const FLAVOR = 'm1.nano';
const LARGER_FLAVOR = 'm1.tiny';
/** Larger, too, with dedicated CPUs and large pages, which simulated hosts have. */
const PINNED_FLAVOR = { name: 'pinned', ram: 512, vcpus: 2, disk: 1 };
const PINNED_SPECS = { 'hw:cpu_policy': 'dedicated', 'hw:mem_page_size': 'any' };
const KEYPAIR = 'chaos';

/** Creates this many projects, each with a user and what servers need. */
export async function makeTenants(chaos: ChaosCloud, count: number): Promise<readonly TenantUser[]> {
  const admin = await chaos.cloud.admin();
  if (chaos.shape.guests === 'fake') {
    const { flavor } = await done(admin, 'compute', 'POST', '/v2.1/flavors', { flavor: PINNED_FLAVOR });
    await done(admin, 'compute', 'POST', `/v2.1/flavors/${flavor.id}/os-extra_specs`, { extra_specs: PINNED_SPECS });
  }
  const { roles } = await found(admin, 'identity', '/v3/roles?name=member');
  const made = [];
  // One after the other; there are only a few.
  for (let number = 1; number <= count; number += 1) made.push(await makeTenant(chaos, admin, `tenant-${number}`, roles[0].id));
  return made;
}

async function makeTenant(chaos: ChaosCloud, admin: CloudClient, name: string, roleId: string): Promise<TenantUser> {
  const { project } = await done(admin, 'identity', 'POST', '/v3/projects', { project: { name, domain_id: 'default' } });
  const { user } = await done(admin, 'identity', 'POST', '/v3/users', { user: { name, password: name, domain_id: 'default' } });
  await done(admin, 'identity', 'PUT', `/v3/projects/${project.id}/users/${user.id}/roles/${roleId}`);
  const who = await logIn((service) => chaos.url(0, service), { username: name, password: name, project: name });
  const { images } = await found(who, 'image', '/v2/images?name=tiny');
  const { flavors } = await found(who, 'compute', '/v2.1/flavors');
  const { networks } = await found(who, 'network', '/v2.0/networks?name=private');
  await done(who, 'compute', 'POST', '/v2.1/os-keypairs', { keypair: { name: KEYPAIR, public_key: PUBLIC_KEY } });
  const flavorNamed = (wanted: string): string => flavors.find((flavor: { name: string }) => flavor.name === wanted).id;
  return {
    who,
    tenant: {
      name,
      flavorId: flavorNamed(FLAVOR),
      largerFlavorId: flavorNamed(chaos.shape.guests === 'fake' ? PINNED_FLAVOR.name : LARGER_FLAVOR),
      imageId: images[0].id,
      networkId: networks[0].id,
      keypair: KEYPAIR,
    },
  };
}

type Service = Parameters<CloudClient['ask']>[0];

const found = (who: CloudClient, service: Service, path: string) => done(who, service, 'GET', path);

async function done(who: CloudClient, service: Service, method: string, path: string, body?: unknown) {
  const answer: Awaited<ReturnType<typeof ask>> = await who.ask(service, method, path, body);
  if (answer.status > 204) throw new Error(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
