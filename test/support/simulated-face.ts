/** The compute API over HTTP on a simulated cloud; each token is a user's name. */
import type { ServerFaceDeps } from '../../src/api/openstack/compute/servers/deps.ts';
import { serverRoutes } from '../../src/api/openstack/compute/servers/index.ts';
import { type ComputeMount, mountCompute } from '../../src/api/pipeline/mount-compute.ts';
import { ServerGroupApi } from '../../src/compute/groups/server-group-api.ts';
import { ConsoleApi } from '../../src/compute/servers/console-api.ts';
import { TopologyApi } from '../../src/compute/servers/topology-api.ts';
import { DiagnosticsApi } from '../../src/compute/servers/diagnostics-api.ts';
import { HostStatusApi } from '../../src/compute/servers/host-status-api.ts';
import { ExternalEventApi } from '../../src/compute/servers/external-event-api.ts';
import { InterfaceApi } from '../../src/compute/servers/interface-api.ts';
import { VolumeAttachmentApi } from '../../src/compute/servers/volume-attachment-api.ts';
import { ServerPortsApi } from '../../src/compute/servers/server-ports-api.ts';
import { InstanceActionApi } from '../../src/compute/servers/instance-action-api.ts';
import { LiveMigrationApi } from '../../src/compute/servers/live-migration-api.ts';
import { ServerEditApi } from '../../src/compute/servers/edit-api.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import type { Context } from '../../src/lib/context/context.ts';
import { errorType } from '../../src/lib/errors/error-type.ts';
import { ConductorApi } from '../../src/conductor/api.ts';
import { ConsoleAuth } from '../../src/consoles/api.ts';
import { conductorRpc } from '../../src/conductor/rpcapi.ts';
import { createHttpServer } from '../../src/lib/http/http-server.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { clientOf } from '../../src/lib/rpc/client.ts';
import { NetworkApi } from '../../src/network/api.ts';
import { networkRpc } from '../../src/network/rpcapi.ts';
import { noNetworkLimits } from '../../src/network/books/quota.ts';
import { gateOf, novaPolicy } from '../../src/policy/policy.ts';
import { unlimited } from '../../src/quota/resources.ts';
import { type Answer, ask } from './ask.ts';
import { sampleImage } from './sample-server.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';
import { until } from './until.ts';

const NoSuchUser = errorType('NoSuchUser', 'unauthenticated', (_: object) => 'There is no such user.');

const projects: Readonly<Record<string, string>> = { admin: 'a0', demo: 'd0', other: 'e0' };

/** Who has this token. */
export const contextOf = (token: string): Omit<Context, 'requestId'> => {
  const projectId = projects[token];
  if (projectId === undefined) throw NoSuchUser({});
  return { userId: `user-of-${token}`, projectId, roles: token === 'admin' ? ['admin', 'member'] : ['member'], isAdmin: token === 'admin' };
};

type User = 'admin' | 'demo' | 'other';

interface Asking {
  readonly as?: User;
  readonly at?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An open compute API; close it before its cloud. */
export interface SimulatedFace {
  readonly url: string;
  /** By default as demo, at 2.1; the path is below `/v2.1` unless it begins with `/v2/` or `/v2.1/`. */
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
  /** Sends an action for a server; returns the answer. */
  act(id: string, action: object, asking?: Asking): Promise<Answer>;
  /** Boots a server and waits until it is active; returns its id. */
  boot(server?: object, asking?: Asking): Promise<string>;
  close(): Promise<void>;
}

/** The network API on the cloud's books, without quotas. */
export const networksOf = ({ db, bus }: SimulatedCloud): NetworkApi =>
  new NetworkApi({
    db,
    ids: systemIds,
    policy: novaPolicy(),
    network: clientOf(networkRpc, bus),
    conductor: clientOf(conductorRpc, bus),
    log: silentLog,
    quotaLimits: noNetworkLimits,
    zone: 'nova',
    agents: async () => [],
  });

/** Gives out tokens for ten minutes, of every type. */
export const consolesOf = ({ db, deps: { compute } }: SimulatedCloud, { recordingBytes = 0 } = {}): ConsoleAuth =>
  new ConsoleAuth({
    db,
    compute,
    clock: systemClock,
    ids: systemIds,
    options: {
      baseUrls: {
        novnc: 'http://consoles.example:6080/vnc_auto.html',
        'spice-html5': 'http://consoles.example:6082/spice_auto.html',
        'spice-direct': 'http://consoles.example:13002/nova',
        serial: 'ws://consoles.example:6083/',
      },
      tokenTtlMs: 600_000,
      recordingBytes,
    },
  });

const authenticate = async (token: string, { requestId }: { requestId: string }) => ({ ...contextOf(token), requestId });

/** Opens it without quotas, except three metadata items per server. */
export async function openFace(
  cloud: SimulatedCloud,
  mount: Partial<ComputeMount<ServerFaceDeps>> = {},
  compute = cloud.api(),
  { showsPasswords = true } = {},
): Promise<SimulatedFace> {
  const { db } = cloud;
  const policy = novaPolicy();
  const networks = networksOf(cloud);
  const conductor = new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog);
  const server = createHttpServer({ log: silentLog, clock: systemClock, ids: systemIds });
  const deps = {
    compute,
    serverEdits: new ServerEditApi({ db, policy, quotaLimits: { ...unlimited, metadata_items: 3 } }),
    instanceActions: new InstanceActionApi({ db, policy }),
    liveMigrations: new LiveMigrationApi({ db, policy, compute: cloud.deps.compute }),
    serverPorts: new ServerPortsApi({ db, policy, networks }),
    externalEvents: new ExternalEventApi({ db, ids: systemIds, policy, conductor, networks }),
    interfaces: new InterfaceApi({ db, ids: systemIds, policy, conductor, networks, clock: systemClock }),
    consoles: new ConsoleApi({ db, policy, consoles: consolesOf(cloud) }),
    volumeAttachments: new VolumeAttachmentApi({
      db,
      ids: systemIds,
      policy,
      conductor,
      volumes: cloud.deps.volumes,
      clock: systemClock,
    }),
    diagnostics: new DiagnosticsApi({ db, policy, compute, clock: systemClock }),
    topology: new TopologyApi({ db, policy }),
    hostStatus: new HostStatusApi({ db, policy, group: cloud.deps.serviceGroup }),
    serverGroups: new ServerGroupApi({ db, policy, quotaLimits: unlimited, ids: systemIds }),
    imageUrl: 'http://images.example',
    showsPasswords,
    maxLimit: 1_000,
  };
  mountCompute(server, {
    routes: serverRoutes,
    deps,
    log: silentLog,
    authenticate,
    policy: gateOf(policy),
    identityUrl: 'http://identity',
    ...mount,
  });
  const { url } = await server.listen({ host: '127.0.0.1', port: 0 });
  const askFace: SimulatedFace['ask'] = (method, path, { as = 'demo', at, body, headers = {} } = {}) =>
    ask(`${url}${/^\/v2(\.1)?\//.test(path) ? '' : '/v2.1'}${path}`, method, body, {
      'x-auth-token': as,
      ...(at === undefined ? {} : { 'openstack-api-version': `compute ${at}` }),
      ...headers,
    });
  const boot: SimulatedFace['boot'] = async (more = {}, asking = {}) => {
    const body = { server: { name: 'web', imageRef: sampleImage.id, flavorRef: '1', ...more } };
    const answer = await askFace('POST', '/servers', { ...asking, body });
    if (answer.status !== 202) throw new Error(`boot was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    const { id } = answer.body.server;
    await until(async () => (await cloud.server(id)).vmState === 'active', { what: `server ${id} is active`, timeoutMs: 20_000 });
    return id;
  };
  return {
    url,
    ask: askFace,
    act: (id, action, asking = {}) => askFace('POST', `/servers/${id}/action`, { ...asking, body: action }),
    boot,
    close: () => server.close(),
  };
}
