/** The network API for tests, on a network service with a database of its own and hosts that are simulated. */
import { expect } from 'vitest';
import { systemClock } from '../../../lib/clock/clock.ts';
import { systemIds } from '../../../lib/clock/ids.ts';
import { createHttpServer } from '../../../lib/http/http-server.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { NetworkApi } from '../../../network/api.ts';
import { type NetworkLimits, noNetworkLimits } from '../../../network/books/quota.ts';
import { startTestCloud, type TestCloud } from '../../../network/test-cloud.ts';
import { gateOf, novaPolicy } from '../../../policy/policy.ts';
import { Unauthenticated } from '../../pipeline/auth.ts';
import { mountNetwork } from './mount-network.ts';

/** What the tests look at in a network, subnet, port, group or rule. */
export interface Resource {
  readonly id: string;
  readonly name: string;
  readonly [field: string]: unknown;
}

/** What the tests look at in an answer. */
export interface Body {
  readonly [one: string]: Resource;
}

export interface NetworkFace {
  readonly cloud: TestCloud;
  readonly origin: string;
  /** Tokens are `project:role`; an empty one is sent as none. */
  readonly send: (
    method: string,
    path: string,
    options?: { token?: string; json?: unknown; headers?: Readonly<Record<string, string>> },
  ) => Promise<{ readonly status: number; readonly json: Body }>;
  /** The single list in an answer. */
  readonly list: (path: string, token?: string) => Promise<readonly Resource[]>;
  /** Creates one of a kind, or fails the test. @example create('network', { name: 'n' }, 'alice:member') */
  readonly create: (kind: string, json: object, token?: string) => Promise<Resource>;
  readonly close: () => Promise<void>;
}

export async function startNetworkFace({ quotaLimits = noNetworkLimits }: { quotaLimits?: NetworkLimits } = {}): Promise<NetworkFace> {
  const cloud = await startTestCloud();
  const policy = novaPolicy();
  const { db } = cloud.database;
  const network = new NetworkApi({
    db,
    ids: systemIds,
    policy,
    network: cloud,
    conductor: cloud.conductor,
    log: silentLog,
    quotaLimits,
    zone: 'nova',
    agents: async () => [],
  });
  const server = createHttpServer({ log: silentLog, clock: systemClock, ids: systemIds });
  mountNetwork(server, {
    network,
    policy: gateOf(policy),
    log: silentLog,
    authenticate: async (token, { requestId }) => {
      const [projectId, role] = token.split(':');
      if (projectId === undefined || role === undefined) throw Unauthenticated({});
      return { requestId, userId: projectId, projectId, roles: [role], isAdmin: role === 'admin' };
    },
  });
  const { url: origin } = await server.listen({ host: '127.0.0.1', port: 0 });

  const send: NetworkFace['send'] = async (method, path, { token = 'alice:member', json, headers: more } = {}) => {
    const headers = { ...(token !== '' && { 'X-Auth-Token': token }), 'Content-Type': 'application/json', ...more };
    const answer = await fetch(`${origin}${path}`, { method, headers, body: json === undefined ? null : JSON.stringify(json) });
    const text = await answer.text();
    // Seam: each test looks only at what its answer should hold; what is missing fails its expectation.
    return { status: answer.status, json: (text === '' ? {} : JSON.parse(text)) as Body };
  };
  return {
    cloud,
    origin,
    send,
    list: async (path, token) => {
      const { json } = await send('GET', path, token === undefined ? {} : { token });
      // Seam: as above; a list has one key that is an array.
      return Object.values(json)[0] as unknown as readonly Resource[];
    },
    create: async (kind, json, token) => {
      const path = `/v2.0/${kind.replaceAll('_', '-')}s`;
      const answer = await send('POST', path, { json: { [kind]: json }, ...(token !== undefined && { token }) });
      expect([answer.status, answer.json]).toEqual([201, { [kind]: expect.anything() }]);
      return answer.json[kind] ?? { id: '', name: '' };
    },
    close: async () => {
      await server.close();
      await cloud.database.drop();
    },
  };
}
