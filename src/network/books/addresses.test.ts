import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertServer } from '../../../test/support/insert-server.ts';
import { sampleServer } from '../../../test/support/sample-server.ts';
import { findServer } from '../../db/stores/servers/cached-servers.ts';
import { ifNewer } from '../../db/stores/servers/addresses.ts';
import { advanceServer } from '../../db/stores/servers/servers.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { silentLog } from '../../lib/log/log.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { ServerAddresses } from '../../objects/network-info.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { NetworkApi } from '../api.ts';
import { member, startTestCloud, type TestCloud, type TestHost } from '../test-cloud.ts';
import { tellUntold } from './addresses.ts';
import { noNetworkLimits } from './quota.ts';

let cloud: TestCloud;
let host: TestHost;
const ctx = member('p');
const ids = systemIds;
const log = silentLog;

beforeAll(async () => {
  cloud = await startTestCloud();
  host = cloud.addHost('one');
  await cloud.addNetwork({ projectId: 'p', cidr: '10.5.0.0/24' });
});
afterAll(() => cloud?.database.drop());

const WORKFLOW = 'w-1';

/** A server in the middle of its boot, which has just got its ports; the network service's answer is not stored yet. */
async function booting(): Promise<{ readonly serverId: ServerId; readonly answer: ServerAddresses }> {
  const { db } = cloud.database;
  const server = sampleServer({ projectId: 'p' });
  await db.transaction().execute((trx) => insertServer(trx, server, WORKFLOW));
  const wanted = { serverId: server.id, projectId: 'p', hostname: 'vm', requested: 'auto' as const, securityGroups: [] };
  return { serverId: server.id, answer: await host.manager.allocatePorts(ctx, wanted) };
}

const silent = { recordAddresses: () => Promise.reject(new Error('no conductor answers')) };

/** Gives the server's only port another address, by the network API. */
async function readdress(
  { answer }: { readonly answer: ServerAddresses },
  ipAddress: string,
  conductor: typeof silent | TestCloud['conductor'],
) {
  const { db } = cloud.database;
  const policy = novaPolicy();
  const api = new NetworkApi({
    db,
    ids,
    policy,
    network: cloud,
    conductor,
    log,
    quotaLimits: noNetworkLimits,
    zone: 'nova',
    agents: async () => [],
  });
  await api.ports.update(ctx, answer.networkInfo[0]?.portId ?? '', { fixedIps: [{ ipAddress }] });
}

const shown = async (serverId: ServerId) =>
  (await findServer(cloud.database.db, serverId))?.networkInfo.flatMap(({ fixedIps }) => fixedIps.map(({ ipAddress }) => ipAddress));

const writeAnswer = (serverId: ServerId, answer: ServerAddresses) =>
  advanceServer(cloud.database.db, serverId, WORKFLOW, { ...ifNewer(answer), task_state: 'spawning' });

test('an address that changes while its server boots is shown, whichever update of the record comes first', async () => {
  const [first, second] = [await booting(), await booting()];
  await readdress(first, '10.5.0.101', cloud.conductor);
  await writeAnswer(first.serverId, first.answer);
  await writeAnswer(second.serverId, second.answer);
  await readdress(second, '10.5.0.102', cloud.conductor);
  expect([await shown(first.serverId), await shown(second.serverId)]).toEqual([['10.5.0.101'], ['10.5.0.102']]);
  expect((await findServer(cloud.database.db, first.serverId))?.taskState).toBe('spawning');
});

test('a change that could not be reported to a conductor is reported later, once', async () => {
  const server = await booting();
  await writeAnswer(server.serverId, server.answer);
  const before = await shown(server.serverId);
  await readdress(server, '10.5.0.103', silent);
  expect(await shown(server.serverId)).toEqual(before);
  const { db } = cloud.database;
  await tellUntold({ db, conductor: silent, log, ids })();
  expect(await shown(server.serverId)).toEqual(before);
  let told = 0;
  const counting: Pick<TestCloud['conductor'], 'recordAddresses'> = {
    recordAddresses: (...message) => {
      told += 1;
      return cloud.conductor.recordAddresses(...message);
    },
  };
  const tell = tellUntold({ db, conductor: counting, log, ids });
  await tell();
  await tell();
  expect([await shown(server.serverId), told]).toEqual([['10.5.0.103'], 1]);
});

test('a late report changes neither a server that has lost its ports since, nor a deleted one', async () => {
  const { serverId, answer } = await booting();
  await writeAnswer(serverId, answer);
  await writeAnswer(serverId, await host.manager.releasePorts(ctx, { serverId }));
  await cloud.conductor.recordAddresses(ctx, { serverId, ...answer });
  expect(await shown(serverId)).toEqual([]);
  await cloud.database.db.updateTable('servers').set({ vm_state: 'deleted' }).where('id', '=', serverId).execute();
  await cloud.conductor.recordAddresses(ctx, { serverId, ...answer, version: answer.version + 100 });
  expect(await shown(serverId)).toEqual([]);
});

// Fault 2026-11 A1.
test('what a guest must know of its subnets is stored with the server, and again when a subnet changes', async () => {
  const { serverId, answer } = await booting();
  await writeAnswer(serverId, answer);
  const subnets = async () => (await findServer(cloud.database.db, serverId))?.networkInfo[0]?.subnets;
  const id = answer.networkInfo[0]?.fixedIps[0]?.subnetId ?? '';
  const gateway = { network: '0.0.0.0', netmask: '0.0.0.0', gateway: '10.5.0.1' };
  expect(await subnets()).toEqual([{ id, netmask: '255.255.255.0', hasDhcp: true, dnsServers: [], routes: [gateway] }]);
  const { db } = cloud.database;
  const { conductor } = cloud;
  const policy = novaPolicy();
  const api = new NetworkApi({
    db,
    ids,
    policy,
    network: cloud,
    conductor,
    log,
    quotaLimits: noNetworkLimits,
    zone: 'nova',
    agents: async () => [],
  });
  const hostRoutes = [{ destination: '10.99.0.0/16', nexthop: '10.5.0.9' }];
  await api.subnets.update(ctx, id, { enableDhcp: false, dnsNameservers: ['9.9.9.9', '1.1.1.1'], hostRoutes });
  await tellUntold({ db, ids, log, conductor })();
  expect(await subnets()).toEqual([
    {
      id,
      netmask: '255.255.255.0',
      hasDhcp: false,
      dnsServers: ['9.9.9.9', '1.1.1.1'],
      routes: [gateway, { network: '10.99.0.0', netmask: '255.255.0.0', gateway: '10.5.0.9' }],
    },
  ]);
});
