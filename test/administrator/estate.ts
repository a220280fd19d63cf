/** What an administrator of a cloud makes, changes and deletes, in any order. */
import type { PortName } from '../../src/cmd/nova-config.ts';
import type { Ids } from '../../src/lib/clock/ids.ts';

/** Something made earlier and not known to be deleted. */
export interface Thing {
  readonly kind: string;
  readonly id: string;
}

/** What is there to refer to, and the random choices of the run. */
export interface Estate {
  readonly chance: Ids;
  /** A name that nothing else has. */
  name(what: string): string;
  /** The id of one thing of a kind, also of those that were there before; undefined when there is none. */
  any(kind: string): string | undefined;
}

/** One request. */
export interface Request {
  readonly service: PortName;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** The request makes a thing of this kind, whose id the answer has. */
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly makes?: { readonly kind: string; readonly idIn: (body: any) => string };
  /** The request deletes this thing. */
  readonly deletes?: Thing;
}

type Action = (estate: Estate) => Request | undefined;

const compute = (path: string): string => `/v2.1${path}`;
const network = (path: string): string => `/v2.0${path}`;

/** Makes a thing of the identity or network API: `{ project: {...} }` at `/v3/projects`. */
const make =
  (service: PortName, collection: string, kind: string, bodyOf: (estate: Estate) => object | undefined): Action =>
  (estate) => {
    const body = bodyOf(estate);
    if (!body) return undefined;
    return {
      service,
      method: 'POST',
      path: collection,
      body: { [kind]: body },
      makes: { kind, idIn: (answer) => answer[kind].id },
    };
  };

/** Deletes a thing of a kind, where it is found below the collection. */
const remove =
  (service: PortName, collection: string, kind: string): Action =>
  ({ any }) => {
    const id = any(kind);
    return id === undefined
      ? undefined
      : { service, method: 'DELETE', path: `${collection}/${encodeURIComponent(id)}`, deletes: { kind, id } };
  };

/** A request that names things of some kinds; none if one of them is missing. */
const naming =
  (kinds: readonly string[], requestOf: (ids: readonly string[], estate: Estate) => Request): Action =>
  (estate) => {
    const ids = kinds.map((kind) => estate.any(kind));
    return ids.some((id) => id === undefined) ? undefined : requestOf(ids as readonly string[], estate);
  };

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH';

const identity: readonly Action[] = [
  make('identity', '/v3/domains', 'domain', ({ name }) => ({ name: name('domain') })),
  make('identity', '/v3/projects', 'project', ({ name, any }) => ({ name: name('project'), domain_id: any('domain') })),
  make('identity', '/v3/users', 'user', ({ name, any }) => ({
    name: name('user'),
    domain_id: any('domain'),
    default_project_id: any('project'),
  })),
  make('identity', '/v3/roles', 'role', ({ name }) => ({ name: name('role') })),
  naming(['project', 'user', 'role'], ([project, user, role]) => ({
    service: 'identity',
    method: 'PUT',
    path: `/v3/projects/${project}/users/${user}/roles/${role}`,
  })),
  naming(['domain', 'user', 'role'], ([domain, user, role]) => ({
    service: 'identity',
    method: 'PUT',
    path: `/v3/domains/${domain}/users/${user}/roles/${role}`,
  })),
  naming(['project', 'user', 'role'], ([project, user, role]) => ({
    service: 'identity',
    method: 'DELETE',
    path: `/v3/projects/${project}/users/${user}/roles/${role}`,
  })),
  naming(['user'], ([user], { name }) => ({
    service: 'identity',
    method: 'PATCH',
    path: `/v3/users/${user}`,
    body: { user: { description: name('text') } },
  })),
  naming(['domain'], ([domain]) => ({
    service: 'identity',
    method: 'PATCH',
    path: `/v3/domains/${domain}`,
    body: { domain: { enabled: false } },
  })),
  ...['domain', 'project', 'user', 'role'].map((kind) => remove('identity', `/v3/${kind}s`, kind)),
];

const quotas: readonly Action[] = [
  naming(['project'], ([project], { chance }) => ({
    service: 'compute',
    method: 'PUT',
    path: compute(`/os-quota-sets/${project}`),
    body: { quota_set: { cores: chance.below(50), instances: chance.below(20) } },
  })),
  naming(['project', 'user'], ([project, user]) => ({
    service: 'compute',
    method: 'PUT',
    path: compute(`/os-quota-sets/${project}?user_id=${user}`),
    body: { quota_set: { cores: 1, force: true } },
  })),
  naming(['project'], ([project]) => ({ service: 'compute', method: 'DELETE', path: compute(`/os-quota-sets/${project}`) })),
  naming(['project'], ([project], { chance }) => ({
    service: 'network',
    method: 'PUT',
    path: network(`/quotas/${project}`),
    body: { quota: { port: chance.below(90) } },
  })),
];

const computing: readonly Action[] = [
  ({ name, chance }) => ({
    service: 'compute',
    method: 'POST',
    path: compute('/flavors'),
    body: { flavor: { name: name('flavor'), ram: 64, vcpus: 1, disk: 1, 'os-flavor-access:is_public': chance.below(2) === 0 } },
    makes: { kind: 'flavor', idIn: ({ flavor }) => flavor.id },
  }),
  ...['addTenantAccess', 'removeTenantAccess'].map((action) =>
    naming(['flavor', 'project'], ([flavor, project]) => ({
      service: 'compute',
      method: 'POST',
      path: compute(`/flavors/${flavor}/action`),
      body: { [action]: { tenant: project } },
    })),
  ),
  naming(['flavor'], ([flavor]) => ({
    service: 'compute',
    method: 'POST',
    path: compute(`/flavors/${flavor}/os-extra_specs`),
    body: { extra_specs: { 'hw:mem_page_size': 'small' } },
  })),
  remove('compute', compute('/flavors'), 'flavor'),
  ({ name }) => {
    const key = name('key');
    const body = { keypair: { name: key, public_key: PUBLIC_KEY } };
    return { service: 'compute', method: 'POST', path: compute('/os-keypairs'), body, makes: { kind: 'keypair', idIn: () => key } };
  },
  remove('compute', compute('/os-keypairs'), 'keypair'),
  ({ name }) => ({
    service: 'compute',
    method: 'POST',
    path: compute('/os-server-groups'),
    body: { server_group: { name: name('group'), policies: ['anti-affinity'] } },
    makes: { kind: 'serverGroup', idIn: ({ server_group: group }) => group.id },
  }),
  remove('compute', compute('/os-server-groups'), 'serverGroup'),
  ({ name, chance }) => ({
    service: 'compute',
    method: 'POST',
    path: compute('/os-aggregates'),
    body: { aggregate: { name: name('aggregate'), availability_zone: chance.below(2) === 0 ? name('zone') : null } },
    makes: { kind: 'aggregate', idIn: ({ aggregate }) => String(aggregate.id) },
  }),
  naming(['aggregate'], ([aggregate], { name }) => ({
    service: 'compute',
    method: 'POST',
    path: compute(`/os-aggregates/${aggregate}/action`),
    body: { set_metadata: { metadata: { rack: name('rack') } } },
  })),
  remove('compute', compute('/os-aggregates'), 'aggregate'),
];

const images: readonly Action[] = [
  ({ name, chance }) => ({
    service: 'image',
    method: 'POST',
    path: '/v2/images',
    body: { name: name('image'), disk_format: 'raw', container_format: 'bare', visibility: chance.below(2) === 0 ? 'shared' : 'private' },
    makes: { kind: 'image', idIn: ({ id }) => id },
  }),
  naming(['image', 'project'], ([image, project]) => ({
    service: 'image',
    method: 'POST',
    path: `/v2/images/${image}/members`,
    body: { member: project },
  })),
  naming(['image', 'project'], ([image, project]) => ({
    service: 'image',
    method: 'DELETE',
    path: `/v2/images/${image}/members/${project}`,
  })),
  naming(['image'], ([image], { name }) => ({ service: 'image', method: 'PUT', path: `/v2/images/${image}/tags/${name('tag')}` })),
  remove('image', '/v2/images', 'image'),
];

const networking: readonly Action[] = [
  make('network', network('/networks'), 'network', ({ name, any, chance }) => ({
    name: name('network'),
    shared: chance.below(3) === 0,
    ...(chance.below(2) === 0 ? { project_id: any('project') } : {}),
  })),
  make('network', network('/subnets'), 'subnet', ({ any, chance }) => {
    const id = any('network');
    return id === undefined ? undefined : { network_id: id, ip_version: 4, cidr: `10.${100 + chance.below(50)}.${chance.below(200)}.0/24` };
  }),
  make('network', network('/ports'), 'port', ({ any, name }) => {
    const id = any('network');
    return id === undefined ? undefined : { network_id: id, name: name('port') };
  }),
  make('network', network('/security-groups'), 'security_group', ({ name, any }) => ({ name: name('group'), project_id: any('project') })),
  ...['network', 'subnet', 'port'].map((kind) => remove('network', network(`/${kind}s`), kind)),
  remove('network', network('/security-groups'), 'security_group'),
];

/** Everything that an administrator does, each as often as the others. */
export const actions: readonly Action[] = [...identity, ...quotas, ...computing, ...images, ...networking];
