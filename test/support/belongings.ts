/** Creates one of each thing that paths name, for tests over all routes. */
import { createHash } from 'node:crypto';
import { bodyAt, type SampleThing } from '../../src/api/openstack/compute/resource-face.ts';
import { computeResources } from '../../src/api/openstack/compute/resources.ts';
import { v } from '../../src/microversions.ts';
import type { CloudClient } from './cloud-client.ts';
import { until } from './until.ts';

/** A thing that paths name. */
export interface Belonging {
  readonly id: string;
  /** Whether it is hidden from other projects; other things are visible to all, or are not rows. */
  readonly isPrivate: boolean;
}

/** Keyed by what a path parameter stands for; see `thingsIn`. */
export type Belongings = Readonly<Record<string, Belonging>>;

/** Creates them: a project's things as `owner`, global ones as `admin`. */
export async function makeBelongings(owner: CloudClient, admin: CloudClient): Promise<Belongings> {
  const { networks } = await list(owner, 'network', '/v2.0/networks?name=private');
  const server = await owner.boot({ name: 'theirs', metadata: { a: 'b' }, networks: [{ uuid: networks[0].id }] });
  const [network, group, image, role, domain] = await Promise.all([
    made(owner, 'network', '/v2.0/networks', { network: { name: 'theirs', tags: ['t'] } }).then(idOf),
    made(owner, 'network', '/v2.0/security-groups', { security_group: { name: 'theirs', tags: ['t'] } }).then(idOf),
    made(owner, 'image', '/v2/images', { name: 'theirs', disk_format: 'raw', container_format: 'bare', tags: ['t'], a: 'b' }),
    made(admin, 'identity', '/v3/roles', { role: { name: 'theirs' } }).then(idOf),
    made(admin, 'identity', '/v3/domains', { domain: { name: 'theirs' } }).then(idOf),
  ]);
  const subnet = await made(owner, 'network', '/v2.0/subnets', {
    subnet: { network_id: network, ip_version: 4, cidr: '10.97.0.0/24', tags: ['t'] },
  }).then(idOf);
  const port = await made(owner, 'network', '/v2.0/ports', { port: { network_id: networks[0].id, tags: ['t'] } }).then(idOf);
  const rule = { security_group_id: group, direction: 'ingress', ethertype: 'IPv4', protocol: 'tcp' };
  const ruleId = await made(owner, 'network', '/v2.0/security-group-rules', { security_group_rule: rule }).then(idOf);
  const opened = { ip_protocol: 'tcp', from_port: 9, to_port: 9 };
  const defaultRules = '/v2.1/os-security-group-default-rules';
  const defaultRule = await made(admin, 'compute', defaultRules, { security_group_default_rule: opened }).then(idOf);
  const makers = { member: owner, admin };
  const router = await made(owner, 'network', '/v2.0/routers', { router: { tags: ['t'] } }).then(idOf);
  const { networks: outside } = await list(owner, 'network', '/v2.0/networks?name=public');
  const floating = { floating_network_id: outside[0].id, tags: ['t'] };
  const floatingIp = await made(owner, 'network', '/v2.0/floatingips', { floatingip: floating }).then(idOf);
  const outlet = { internal_port_id: port, protocol: 'tcp', internal_port: 80, external_port: 80 };
  const forwardings = `/v2.0/floatingips/${floatingIp}/port_forwardings`;
  const forwarding = await made(owner, 'network', forwardings, { port_forwarding: outlet }).then(idOf);
  const limits = { policy: { name: 'theirs', tags: ['t'], project_id: owner.projectId } };
  const qos = await made(admin, 'network', '/v2.0/qos/policies', limits).then(idOf);
  const limit = { bandwidth_limit_rule: { max_kbps: 1000 } };
  const limitRule = await made(admin, 'network', `/v2.0/qos/policies/${qos}/bandwidth_limit_rules`, limit).then(idOf);
  const mark = { dscp_marking_rule: { dscp_mark: 10 } };
  const markRule = await made(admin, 'network', `/v2.0/qos/policies/${qos}/dscp_marking_rules`, mark).then(idOf);
  const pool = { name: 'theirs', prefixes: ['10.96.0.0/16'], tags: ['t'] };
  const subnetPool = await made(owner, 'network', '/v2.0/subnetpools', { subnetpool: pool }).then(idOf);
  const scope = { address_scope: { name: 'theirs', ip_version: 4 } };
  const addressScope = await made(owner, 'network', '/v2.0/address-scopes', scope).then(idOf);
  const lent = { object_type: 'network', object_id: network, action: 'access_as_shared', target_tenant: 'somebody' };
  const rbacPolicy = await made(owner, 'network', '/v2.0/rbac-policies', { rbac_policy: lent }).then(idOf);
  const keys = `/v3/users/${owner.userId}/credentials/OS-EC2`;
  const key = (await made(owner, 'identity', keys, { tenant_id: owner.projectId })).credential;
  const declared = await Promise.all(computeResources.flatMap((face) => (face.thing ? [oneOf(face, face.thing, makers)] : [])));
  const flavor = { name: 'theirs', ram: 64, vcpus: 1, disk: 1, 'os-flavor-access:is_public': false };
  const flavorId = await made(admin, 'compute', '/v2.1/flavors', { flavor }).then(idOf);
  await made(admin, 'compute', `/v2.1/flavors/${flavorId}/os-extra_specs`, { extra_specs: { a: 'b' } });
  await owner.settled(server);
  const attached = await attachedVolume(owner, server);
  await owner.ask('compute', 'PUT', `/v2.1/servers/${server}/tags`, { tags: ['t'] }, { 'openstack-api-version': 'compute 2.26' });
  await admin.ask('identity', 'PUT', `/v3/projects/${owner.projectId}/tags/t`);
  const { instanceActions } = await list(owner, 'compute', `/v2.1/servers/${server}/os-instance-actions`);
  const { ports } = await list(owner, 'network', `/v2.0/ports?device_id=${server}`);
  const { hypervisors } = await list(admin, 'compute', '/v2.1/os-hypervisors');
  const { services } = await list(admin, 'compute', '/v2.1/os-services');
  const { agents } = await list(admin, 'network', '/v2.0/agents');
  const { services: catalogued } = await list(admin, 'identity', '/v3/services');
  const { endpoints } = await list(admin, 'identity', '/v3/endpoints');

  return {
    'compute servers': theirs(server),
    'compute os-volumes_boot': theirs(server),
    'compute servers metadata': theirs('a'),
    'compute servers ips': theirs('private'),
    'compute servers os-instance-actions': theirs(instanceActions?.[0]?.request_id ?? ''),
    'compute servers os-interface': theirs(ports?.[0]?.id ?? ''),
    'compute servers os-volume_attachments': theirs(attached),
    // Not a row: a migration is shown only while it goes on.
    'compute servers migrations': theirs('1'),
    'compute servers tags': theirs('t'),
    ...Object.fromEntries(declared),
    'compute flavors': theirs(flavorId),
    'compute flavors os-extra_specs': theirs('a'),
    'compute os-hosts': theirs(hypervisors?.[0]?.hypervisor_hostname ?? ''),
    'compute os-simple-tenant-usage': theirs(owner.projectId),
    'compute os-instance_usage_audit_log': everyones('2026-01-01 00:00:00.0'),
    'compute os-baremetal-nodes': everyones('theirs'),
    'compute images': theirs(image.id),
    'compute images metadata': theirs('a'),
    'compute os-networks': theirs(network),
    'compute os-tenant-networks': theirs(network),
    'compute os-security-groups': theirs(group),
    'compute os-security-group-rules': theirs(ruleId),
    'compute os-security-group-default-rules': everyones(String(defaultRule)),
    'compute os-hypervisors': theirs(String(hypervisors?.[0]?.id ?? 1)),
    'compute os-services': theirs(String(services?.[0]?.id ?? 1)),
    'compute os-quota-sets': theirs(owner.projectId),
    'compute os-quota-class-sets': everyones('default'),
    // Not rows: the list of versions and extensions, and the documents.
    // Not a row that clients can list: tokens are given out one by one.
    'compute os-console-auth-tokens': everyones('00000000-0000-4000-8000-000000000000'),
    'compute versions': everyones('v2.1'),
    'compute extensions': everyones('servers'),
    'compute compute': everyones('2.1.json'),
    'network networks': theirs(network),
    'network subnets': theirs(subnet),
    'network ports': theirs(port),
    'network security-groups': theirs(group),
    'network security-group-rules': theirs(ruleId),
    'network subnetpools': theirs(subnetPool),
    'network subnetpools tags': theirs('t'),
    'network address-scopes': theirs(addressScope),
    'network rbac-policies': theirs(rbacPolicy),
    'network qos policies': theirs(qos),
    'network policies': theirs(qos),
    'network policies tags': theirs('t'),
    'network qos policies bandwidth_limit_rules': theirs(limitRule),
    'network qos policies dscp_marking_rules': theirs(markRule),
    'network qos rule-types': everyones('bandwidth_limit'),
    'network agents': theirs(agents?.[0]?.id ?? ''),
    'network network-ip-availabilities': theirs(network),
    'network routers': theirs(router),
    'network routers tags': theirs('t'),
    'network floatingips': theirs(floatingIp),
    'network floatingips port_forwardings': theirs(forwarding),
    'network floatingips tags': theirs('t'),
    'compute os-floating-ips': theirs(floatingIp),
    'compute os-fping': theirs(server),
    'network networks tags': theirs('t'),
    'network subnets tags': theirs('t'),
    'network ports tags': theirs('t'),
    'network security-groups tags': theirs('t'),
    'network quotas': theirs(owner.projectId),
    'network extensions': everyones('security-group'),
    'image images': theirs(image.id),
    'image images members': theirs(owner.projectId),
    'image images tags': theirs('t'),
    'identity users': theirs(owner.userId),
    'identity users credentials OS-EC2': theirs(key.access),
    'identity credentials': theirs(createHash('sha256').update(key.access).digest('hex')),
    'identity projects': theirs(owner.projectId),
    'identity projects tags': theirs('t'),
    'identity projects users': theirs(owner.userId),
    'identity projects users roles': everyones(role),
    'identity domains': theirs(domain),
    'identity domains users': theirs(owner.userId),
    'identity domains users roles': everyones(role),
    'identity system users': theirs(owner.userId),
    'identity system users roles': everyones(role),
    'identity roles': theirs(role),
    'identity services': everyones(catalogued?.[0]?.id ?? ''),
    'identity endpoints': everyones(endpoints?.[0]?.id ?? ''),
    'identity regions': everyones('RegionOne'),
    ...(await makeVolumes(owner, admin)),
    'operator os-placement': theirs(server),
    'operator os-trace': theirs('req-00000000-0000-4000-8000-000000000000'),
  };
}

/** A volume in use, with a snapshot. */
async function makeVolumes(owner: CloudClient, admin: CloudClient): Promise<Belongings> {
  const newest = { 'openstack-api-version': 'volume latest' };
  const is = async (path: string, status: string) => {
    await until(async () => Object(Object.values((await owner.ask('volume', 'GET', path)).body)[0]).status === status, {
      what: `${path} is ${status}`,
      timeoutMs: 30_000,
    });
  };
  const volume = await made(owner, 'volume', '/v3/volumes', { volume: { size: 1, name: 'theirs', metadata: { a: 'b' } } }).then(idOf);
  await is(`/v3/volumes/${volume}`, 'available');
  const snapshot = await made(owner, 'volume', '/v3/snapshots', { snapshot: { volume_id: volume, metadata: { a: 'b' } } }).then(idOf);
  await is(`/v3/snapshots/${snapshot}`, 'available');
  const { body } = await owner.ask(
    'volume',
    'POST',
    '/v3/attachments',
    { attachment: { volume_uuid: volume, instance_uuid: volume } },
    newest,
  );
  const backup = await made(owner, 'volume', '/v3/backups', { backup: { volume_id: volume, snapshot_id: snapshot } }).then(idOf);
  await is(`/v3/backups/${backup}`, 'available');
  const offered = await made(owner, 'volume', '/v3/volumes', { volume: { size: 1, name: 'theirs, offered' } }).then(idOf);
  await is(`/v3/volumes/${offered}`, 'available');
  const transfer = await made(owner, 'volume', '/v3/os-volume-transfer', { transfer: { volume_id: offered } }).then(idOf);
  const type = await made(admin, 'volume', '/v3/types', { volume_type: { name: 'for all', extra_specs: { a: 'b' } } }).then(idOf);
  const qos = await made(admin, 'volume', '/v3/qos-specs', { qos_specs: { name: 'for all' } }).then(idOf);
  const { services } = await list(admin, 'volume', '/v3/os-services?binary=cinder-volume');
  return {
    'compute os-volumes': theirs(volume),
    'compute os-snapshots': theirs(snapshot),
    'volume volumes': theirs(volume),
    'volume volumes metadata': theirs('a'),
    'volume snapshots': theirs(snapshot),
    'volume snapshots metadata': theirs('a'),
    'volume backups': theirs(backup),
    'volume os-volume-transfer': theirs(transfer),
    'volume volume-transfers': theirs(transfer),
    'volume attachments': theirs(body.attachment.id),
    'volume types': everyones(type),
    'volume types encryption': everyones('cipher'),
    'volume qos-specs': everyones(qos),
    'volume default-types': everyones(owner.projectId),
    'volume types extra_specs': everyones('a'),
    'volume os-quota-sets': theirs(owner.projectId),
    'volume os-quota-class-sets': everyones('default'),
    'volume capabilities': everyones(services?.[0]?.host ?? ''),
    'volume os-hosts': everyones(services?.[0]?.host ?? ''),
    'volume extensions': everyones('os-hosts'),
    // Not a row: nothing of theirs has failed.
    'volume messages': theirs('00000000-0000-4000-8000-000000000000'),
  };
}

/** Creates one of a resource that is declared by `resourceOf`, keyed by its path parameter. */
async function oneOf({ path, id }: { path: string; id: string }, thing: SampleThing, by: Makers) {
  const { madeBy, isPrivate } = thing;
  const answer = await made(by[madeBy], 'compute', `/v2.1${path}`, bodyAt(thing, v.initial));
  return [`compute ${path.slice(1)}`, { id: String(Object(Object.values(answer)[0])[id]), isPrivate }] as const;
}

type Makers = Readonly<Record<SampleThing['madeBy'], CloudClient>>;

type Body = Readonly<Record<string, unknown>>;

type Service = 'compute' | 'network' | 'image' | 'identity' | 'volume';

const made = async (client: CloudClient, service: Service, path: string, body: Body) => {
  const answer = await client.ask(service, 'POST', path, body);
  if (answer.status > 202) throw new Error(`POST ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const list = async (client: CloudClient, service: Service, path: string) => (await client.ask(service, 'GET', path)).body;
const idOf = (found: Record<string, { id: string }>): string => Object.values(found)[0]?.id ?? '';

const theirs = (id: string): Belonging => ({ id, isPrivate: true });
const everyones = (id: string): Belonging => ({ id, isPrivate: false });

/** A volume of the server. */
async function attachedVolume(owner: CloudClient, server: string): Promise<string> {
  const volume = await made(owner, 'volume', '/v3/volumes', { volume: { size: 1, name: 'theirs, attached' } }).then(idOf);
  const isAvailable = async () => (await list(owner, 'volume', `/v3/volumes/${volume}`)).volume.status === 'available';
  await until(isAvailable, { what: 'the volume is available', timeoutMs: 60_000 });
  await made(owner, 'compute', `/v2.1/servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId: volume } });
  return volume;
}
