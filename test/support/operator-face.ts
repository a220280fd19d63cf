/** The whole compute API over HTTP on a bare database, for resources that need no other service. Each token is a user's name. */
import { computeRoutes } from '../../src/api/openstack/compute/routes.ts';
import { listVersions } from '../../src/api/openstack/compute/versions/routes.ts';
import { mountCompute } from '../../src/api/pipeline/mount-compute.ts';
import { mountService } from '../../src/api/pipeline/mount-service.ts';
import { plainFault } from '../../src/api/pipeline/plain-fault.ts';
import { BuiltinIdentity } from '../../src/identity/drivers/builtin/driver.ts';
import type { ImageApi } from '../../src/image/api.ts';
import { conductorRpc } from '../../src/conductor/rpcapi.ts';
import { clientOf } from '../../src/lib/rpc/client.ts';
import { NetworkApi } from '../../src/network/api.ts';
import { noNetworkLimits } from '../../src/network/books/quota.ts';
import { networkRpc } from '../../src/network/rpcapi.ts';
import { openComputeFace } from '../../src/cmd/cloud/compute-face.ts';
import { loadNovaConfig } from '../../src/cmd/nova-config.ts';
import { createProject, ensureDomain } from '../../src/db/stores/identity/admin.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import type { Context } from '../../src/lib/context/context.ts';
import { errorType } from '../../src/lib/errors/error-type.ts';
import { createHttpServer } from '../../src/lib/http/http-server.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { memoryBus } from '../../src/lib/rpc/memory/memory-bus.ts';
import type { VolumeApi } from '../../src/volume/api.ts';
import type { ServerVolumes } from '../../src/volume/server-volumes.ts';
import { gateOf, novaPolicy } from '../../src/policy/policy.ts';
import { ServiceGroup } from '../../src/servicegroup/api.ts';
import { dbServiceGroup } from '../../src/servicegroup/drivers/db.ts';
import { type Answer, ask } from './ask.ts';
import type { TestDatabase } from './database.ts';
import { checkDeclared } from './declared-answer.ts';

const NoSuchUser = errorType('NoSuchUser', 'unauthenticated', (_: object) => 'There is no such user.');

/** The projects of `admin`, `demo` and `other`; the identity service knows them. */
export const projects = { admin: 'a0', demo: 'd0', other: 'e0' } as const;
type User = keyof typeof projects;

const isUser = (token: string): token is User => Object.hasOwn(projects, token);

const authenticate = async (token: string, { requestId }: { requestId: string }): Promise<Context> => {
  if (!isUser(token)) throw NoSuchUser({});
  const isAdmin = token === 'admin';
  return { requestId, userId: `user-of-${token}`, projectId: projects[token], roles: isAdmin ? ['admin'] : ['member'], isAdmin };
};

/** An open compute API; close it before its database goes. */
export interface OperatorFace {
  readonly url: string;
  /** By default as admin, at 2.1; the path is below `/v2.1`, unless it is `/` or begins with a version. */
  ask(method: string, path: string, asking?: { as?: User; at?: string; body?: unknown }): Promise<Answer>;
  close(): Promise<void>;
}

/** Stands in for services that only boots need, and throws when called. */
const nobody = <T extends object>(what: string): T =>
  // Seam: it has the type of the service that must not be called.
  new Proxy(
    {},
    {
      get: () => {
        throw new Error(`This API has no ${what}.`);
      },
    },
  ) as T;

/** Opens it with the default limits, without images unless a test gives some; hosts count as down after 60 seconds. */
export async function openOperatorFace(
  { db }: TestDatabase,
  {
    images = nobody<ImageApi>('images'),
    volumes = nobody<VolumeApi>('volumes'),
  }: { readonly images?: ImageApi; readonly volumes?: Pick<VolumeApi, 'volumes' | 'snapshots'> } = {},
): Promise<OperatorFace> {
  const policy = novaPolicy();
  const config = loadNovaConfig({ machine: { isRoot: false, hostname: 'here' }, env: {} });
  const runtime = { ids: systemIds, log: silentLog, clock: systemClock, config };
  const groupDriver = dbServiceGroup(db, systemIds, 'nova');
  const group = new ServiceGroup(groupDriver, { reportIntervalMs: 10_000, downAfterSeconds: 60 }, runtime);
  const bus = memoryBus({ clock: systemClock, ids: systemIds, log: silentLog });
  await ensureDomain(db, { id: 'default', name: 'Default' });
  for (const id of Object.values(projects)) await createProject(db, { id, domainId: 'default', name: `project ${id}` });
  const neighbours = {
    policy,
    images,
    networks: new NetworkApi({
      db,
      ids: systemIds,
      policy,
      network: clientOf(networkRpc, bus),
      conductor: clientOf(conductorRpc, bus),
      log: silentLog,
      quotaLimits: noNetworkLimits,
      zone: 'nova',
      agents: async () => [],
    }),
    volumes,
    serverVolumes: nobody<ServerVolumes>('volumes'),
    identity: new BuiltinIdentity(db),
  };
  const deps = openComputeFace({ db, bus, runtime, group }, neighbours);
  const server = createHttpServer({ log: silentLog, clock: systemClock, ids: systemIds });
  mountService(server, { path: '', routes: [listVersions], deps: {}, log: silentLog, errorBody: plainFault });
  mountCompute(server, {
    routes: computeRoutes,
    deps,
    log: silentLog,
    authenticate,
    policy: gateOf(policy),
    identityUrl: 'http://identity',
  });
  const { url: origin } = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: origin,
    ask: async (method, path, { as = 'admin', at, body } = {}) => {
      const answer = await ask(`${origin}${/^\/(v2(\.1)?\/|$)/.test(path) ? '' : '/v2.1'}${path}`, method, body, {
        'x-auth-token': as,
        ...(at === undefined ? {} : { 'openstack-api-version': `compute ${at}` }),
      });
      if (path !== '/') checkDeclared(answer, { method, path: path.replace(/^\/v2(\.1)?\//, '/'), version: at ?? '2.1', body });
      return answer;
    },
    close: () => server.close(),
  };
}
