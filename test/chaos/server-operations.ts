/** All operations on existing servers. Actions on hosts come from their declarations, so a new one is included automatically. */
import { type ServerActionName, serverActions } from '../../src/operations/actions/index.ts';
import type { ServerAction } from '../../src/operations/actions/server-action.ts';
import { actionOf } from '../../src/operations/actions/kinds.ts';
import { destinationOf, lifecycle, type Transition } from '../../src/operations/lifecycle.ts';
import type { VmState } from '../../src/objects/states.ts';
import { accept } from './ledger.ts';
import { recordOperations } from './record-operations.ts';
import type { ServerOperation } from './server-operation.ts';
import { floatingIpOperations } from './floating-ip-operations.ts';
import { volumeOperations } from './volume-operations.ts';
import { askFor } from './session.ts';

/** What clients send with an action. */
interface Sent {
  readonly body: unknown;
  readonly by?: 'admin';
  /** States in which it is sent, if not all of its row. */
  readonly from?: readonly VmState[];
  /** Whether it may be refused as impossible: when no other host is up, or after an earlier one. */
  readonly mayBeImpossible?: true;
}

/** The images for a rebuild: the tenant's. */
const OWN_IMAGE = Symbol('the image of the tenant');

/** The flavor for a resize: a larger one. */
const LARGER_FLAVOR = Symbol('a larger flavor');

/** The body of each action at the version of the clients; it does not compile unless every action has a line. */
const sent: Readonly<Record<ServerActionName, readonly Sent[]>> = {
  start: [{ body: null }],
  stop: [{ body: null }],
  reboot: [{ body: { type: 'SOFT' } }, { body: { type: 'HARD' } }],
  pause: [{ body: null }],
  unpause: [{ body: null }],
  suspend: [{ body: null }],
  resume: [{ body: null }],
  trigger_crash_dump: [{ body: null }],
  rebuild: [{ body: { imageRef: OWN_IMAGE } }],
  // From `active`, so that it is known where its end leads to.
  resize: [{ body: { flavorRef: LARGER_FLAVOR }, from: ['active'], mayBeImpossible: true }],
  migrate: [{ body: null, by: 'admin', from: ['active'], mayBeImpossible: true }],
  'live-migration': [{ body: { host: null, block_migration: 'auto' }, by: 'admin', mayBeImpossible: true }],
  confirmResize: [{ body: null, mayBeImpossible: true }],
  revertResize: [{ body: null, mayBeImpossible: true }],
  // Of a server that boots from a volume until the quota of snapshots is reached.
  createImage: [{ body: { name: 'chaos' }, mayBeImpossible: true }],
  // Not of a server that boots from a volume.
  createBackup: [{ body: { name: 'chaos', backup_type: 'chaotic', rotation: 1 }, mayBeImpossible: true }],
  shelve: [{ body: null }],
  shelveOffload: [{ body: null, by: 'admin' }],
  unshelve: [{ body: null }],
  injectNetworkInfo: [{ body: null, by: 'admin' }],
  resetNetwork: [{ body: null, by: 'admin' }],
  consoleOutput: [{ body: { length: 5 } }],
  changePassword: [{ body: { adminPass: 'chaos' } }],
  delete: [{ body: null }],
  restore: [{ body: null }],
  rescue: [{ body: null, mayBeImpossible: true }],
  unrescue: [{ body: null }],
  // Only from a host that counts as down: a separate operation.
  evacuate: [],
  // These change the record, so they are separate operations, here or in record-operations.ts.
  diagnostics: [],
  lock: [],
  unlock: [],
  resetState: [],
};

/** Operations that return to ACTIVE are more frequent; otherwise all servers would soon be stopped or suspended. */
const WAYS_BACK = ['start', 'unpause', 'resume', 'unrescue', 'unshelve', 'confirmResize', 'revertResize'];

/** Where an action leads further than its row: by default shelved servers leave their hosts at once. */
const leadsOnTo: Partial<Record<ServerActionName, VmState>> = { shelve: 'shelved_offloaded' };

export const actionRoute = (key: string): string => `POST /servers/{id}/action ${key}`;

const actionOperations = Object.values(serverActions).flatMap(({ name }) => sent[name].map((one) => operationOf(actionOf(name), one)));

function operationOf({ name, rest, rowFor, does }: ServerAction, { body, by, from, mayBeImpossible }: Sent): ServerOperation {
  const [face] = rest;
  const transition = rowFor((face?.input(body as never) ?? null) as never);
  const row: Transition = lifecycle[transition];
  const key = face?.key ?? name;
  // Named after its row where several are of one action, as reboots are; a resize and a migration share a row.
  const operation = sent[name as ServerActionName].length > 1 ? transition : name;
  return {
    name: operation,
    covers: [actionRoute(key)],
    weight: WAYS_BACK.includes(name) ? 6 : 'ask' in does ? 1 : 2,
    from: from ?? row.from,
    lockable: row.lockable && by === undefined,
    run: async (session, server) => {
      const path = `/v2.1/servers/${server.id}/action`;
      const { imageId, largerFlavorId } = session.tenant;
      const meant = new Map<unknown, string>([
        [OWN_IMAGE, imageId],
        [LARGER_FLAVOR, largerFlavorId],
      ]);
      const filled = JSON.parse(JSON.stringify({ [key]: body }, (_, value: unknown) => meant.get(value) ?? value));
      // A question may also fail because the host is away, or because a failed rebuild left no guest.
      const mayRefuse = 'ask' in does ? [404, 409, 503, 504] : mayBeImpossible ? [400, 403, 409] : [409];
      const answer = await askFor(session, operation, {
        ...(by && { by }),
        service: 'compute',
        method: 'POST',
        path,
        body: filled,
        mayRefuse,
      });
      // An action without a task state does not change the server's state.
      if (answer && row.doing !== null)
        accept(server, {
          action: name as ServerActionName,
          promised: leadsOnTo[name as ServerActionName] ?? destinationOf(row, { vmState: server.stands }),
          isRelative: !(name in leadsOnTo) && (row.to === 'asBefore' || typeof row.to === 'function'),
        });
    },
  };
}

/** An operator takes a host for dead, evacuates a server from it, and finds that the host lives. */
const evacuation: ServerOperation = {
  name: 'evacuate',
  covers: [actionRoute('evacuate'), 'PUT /os-services/{id}'],
  weight: 2,
  from: lifecycle.evacuate.from,
  lockable: false,
  run: async (session, server) => {
    const asked = { by: 'admin', service: 'compute' } as const;
    const path = `/v2.1/servers/${server.id}`;
    const shown = await askFor(session, 'show server', { ...asked, method: 'GET', path, mayRefuse: [404] });
    const host = shown?.body.server['OS-EXT-SRV-ATTR:host'];
    if (!host) return;
    const list = `/v2.1/os-services?binary=nova-compute&host=${host}`;
    const listed = await askFor(session, 'list services', { ...asked, method: 'GET', path: list });
    const service = `/v2.1/os-services/${listed?.body.services[0].id}`;
    const force = (isForced: boolean) =>
      askFor(session, 'force down', { ...asked, method: 'PUT', path: service, body: { forced_down: isForced } });
    await force(true);
    // Another client may find that the host lives before this one evacuates.
    const answer = await askFor(session, 'evacuate', {
      ...asked,
      method: 'POST',
      path: `${path}/action`,
      body: { evacuate: {} },
      mayRefuse: [400, 404, 409],
    });
    if (answer)
      accept(server, { action: 'evacuate', promised: destinationOf(lifecycle.evacuate, { vmState: server.stands }), isRelative: true });
    await force(false);
  },
};

/** Servers leave the group that they are in after a boot, and join it again; a server without ports has none. */
const groupOperations: readonly ServerOperation[] = ['addSecurityGroup', 'removeSecurityGroup'].map((key) => ({
  name: key,
  covers: [actionRoute(key)],
  weight: 1,
  from: ['active', 'stopped'],
  lockable: false,
  run: async (session, server) => {
    const path = `/v2.1/servers/${server.id}/action`;
    const asked = { service: 'compute', method: 'POST', path, body: { [key]: { name: 'default' } } } as const;
    await askFor(session, key, { ...asked, mayRefuse: [404, 409] });
  },
}));

/** Servers get further ports on their network and lose them again. */
const interfaceOperations: readonly ServerOperation[] = [
  {
    name: 'attach interface',
    covers: ['POST /servers/{id}/os-interface'],
    weight: 1,
    from: lifecycle.attachInterface.from,
    lockable: true,
    run: async (session, server) => {
      const body = { interfaceAttachment: { net_id: session.tenant.networkId } };
      const path = `/v2.1/servers/${server.id}/os-interface`;
      // It fails like other work when the host goes down, or is superseded by a delete.
      await askFor(session, 'attach interface', { service: 'compute', method: 'POST', path, body, mayRefuse: [404, 409, 503] });
    },
  },
  {
    name: 'detach interface',
    covers: ['DELETE /servers/{id}/os-interface/{port}'],
    weight: 1,
    from: lifecycle.detachInterface.from,
    lockable: true,
    run: async (session, server) => {
      const path = `/v2.1/servers/${server.id}/os-interface`;
      const listed = await askFor(session, 'list interfaces', { service: 'compute', method: 'GET', path, mayRefuse: [404] });
      const port = listed?.body.interfaceAttachments.at(-1);
      if (!port) return;
      const asked = { service: 'compute', method: 'DELETE', path: `${path}/${port.port_id}` } as const;
      await askFor(session, 'detach interface', { ...asked, mayRefuse: [404, 409] });
    },
  },
];

/** Consoles are opened in every state: by an action, as long as there were actions, and as a resource since. */
const consoleRequests = [
  { version: '2.5', below: 'action', body: { 'os-getVNCConsole': { type: 'novnc' } }, covers: actionRoute('os-getVNCConsole') },
  { version: '2.5', below: 'action', body: { 'os-getSerialConsole': { type: 'serial' } }, covers: actionRoute('os-getSerialConsole') },
  { version: '2.5', below: 'action', body: { 'os-getSPICEConsole': { type: 'spice-html5' } }, covers: actionRoute('os-getSPICEConsole') },
  {
    version: '2.31',
    below: 'remote-consoles',
    body: { remote_console: { protocol: 'serial', type: 'serial' } },
    covers: 'POST /servers/{id}/remote-consoles',
  },
] as const;

/** What is behind a token is looked up, though another operation may have revoked it; a host may be away. */
const consoleOperations: readonly ServerOperation[] = consoleRequests.map(({ version, below, body, covers }) => ({
  name: `open console by ${below}`,
  covers: [covers],
  weight: 1,
  from: 'any',
  lockable: false,
  run: async (session, server) => {
    const path = `/v2.1/servers/${server.id}/${below}`;
    const asked = { service: 'compute', version, method: 'POST', path, body, mayRefuse: [404, 409, 503, 504] } as const;
    const opened = await askFor(session, 'open console', asked);
    const [, token] = /token(?:=|%3D)([0-9a-f-]{36})/.exec(JSON.stringify(opened?.body ?? '')) ?? [];
    if (token === undefined) return;
    await askFor(session, 'look up console', {
      by: 'admin',
      service: 'compute',
      version: '2.31',
      method: 'GET',
      path: `/v2.1/os-console-auth-tokens/${token}`,
      mayRefuse: [404, 503, 504],
    });
  },
}));

/** The network service tells that the ports of a server changed. */
const externalEvents: ServerOperation = {
  name: 'external events',
  covers: ['POST /os-server-external-events'],
  weight: 1,
  from: 'any',
  lockable: false,
  run: async (session, server) => {
    const body = { events: [{ name: 'network-changed', server_uuid: server.id }] };
    const path = '/v2.1/os-server-external-events';
    await askFor(session, 'external events', { by: 'admin', service: 'compute', method: 'POST', path, body, mayRefuse: [] });
  },
};

/** The last version with the actions on fixed IPs. */
const WITH_FIXED_IPS = '2.43';

/** The addresses of servers: a second one on their network, and one fewer. */
const addressOperations: readonly ServerOperation[] = [
  {
    name: 'add fixed ip',
    covers: [actionRoute('addFixedIp')],
    weight: 1,
    from: ['active', 'stopped'],
    lockable: true,
    run: async (session, server) => {
      const body = { addFixedIp: { networkId: session.tenant.networkId } };
      const path = `/v2.1/servers/${server.id}/action`;
      const asked = { service: 'compute', version: WITH_FIXED_IPS, method: 'POST', path, body } as const;
      await askFor(session, 'add fixed ip', { ...asked, mayRefuse: [400, 404, 409] });
    },
  },
  {
    name: 'remove fixed ip',
    covers: [actionRoute('removeFixedIp')],
    weight: 1,
    from: ['active', 'stopped'],
    lockable: true,
    run: async (session, server) => {
      const path = `/v2.1/servers/${server.id}`;
      const listed = await askFor(session, 'list interfaces', {
        service: 'compute',
        method: 'GET',
        path: `${path}/os-interface`,
        mayRefuse: [404],
      });
      // A port keeps its first address, by which others reach its server.
      const address = listed?.body.interfaceAttachments.at(-1)?.fixed_ips[1]?.ip_address;
      if (address === undefined) return;
      const body = { removeFixedIp: { address } };
      await askFor(session, 'remove fixed ip', {
        service: 'compute',
        version: WITH_FIXED_IPS,
        method: 'POST',
        path: `${path}/action`,
        body,
        mayRefuse: [400, 404, 409],
      });
    },
  },
  ...floatingIpOperations,
];

const remove: ServerOperation = {
  name: 'delete',
  covers: ['DELETE /servers/{id}'],
  weight: 2,
  from: lifecycle.delete.from,
  lockable: lifecycle.delete.lockable,
  run: async (session, server) => {
    const answer = await askFor(session, 'delete', { service: 'compute', method: 'DELETE', path: `/v2.1/servers/${server.id}` });
    if (answer) accept(server, { action: 'delete', promised: 'deleted' });
  },
};

const resetState: ServerOperation = {
  name: 'reset state',
  covers: [actionRoute('os-resetState')],
  weight: 1,
  from: 'any',
  lockable: false,
  run: async (session, server) => {
    const body = { 'os-resetState': { state: 'error' } };
    const path = `/v2.1/servers/${server.id}/action`;
    const answer = await askFor(session, 'reset state', { by: 'admin', service: 'compute', method: 'POST', path, body });
    if (answer) server.stands = server.reset = 'error';
  },
};

export const serverOperations: readonly ServerOperation[] = [
  ...actionOperations,
  evacuation,
  remove,
  resetState,
  ...groupOperations,
  ...interfaceOperations,
  ...volumeOperations,
  ...addressOperations,
  ...consoleOperations,
  externalEvents,
  ...recordOperations,
];

/** The operations to try in a state. */
export const operationsFor = (state: VmState, isLocked: boolean): readonly ServerOperation[] =>
  serverOperations.filter(({ from, lockable }) => (from === 'any' || from.includes(state)) && !(lockable && isLocked));
