/** Interfaces over HTTP: what is refused, and that books, record and guest agree afterwards. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { networksOf, openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';
import { InterfaceApi } from '../../../../compute/servers/interface-api.ts';
import { ConductorApi } from '../../../../conductor/api.ts';
import { conductorRpc } from '../../../../conductor/rpcapi.ts';
import { systemClock } from '../../../../lib/clock/clock.ts';
import { systemIds } from '../../../../lib/clock/ids.ts';
import { silentLog } from '../../../../lib/log/log.ts';
import { clientOf } from '../../../../lib/rpc/client.ts';
import { asId } from '../../../../objects/ids.ts';
import { novaPolicy } from '../../../../policy/policy.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let id: string;
let net: string;

const demo = { requestId: 'req-1', userId: 'user-of-demo', projectId: 'd0', roles: ['member'], isAdmin: false };
const NOBODY = '5a5e6863-e4f8-4a71-8da1-adeff9c4cb79';

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1');
  cloud.startEngine();
  face = await openFace(cloud);
  id = await face.boot();
  net = (await cloud.server(id)).networkInfo[0]?.networkId ?? '';
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});

const words = ({ status, body }: { status: number; body: Record<string, { message: string }> }) => [
  status,
  Object.values(body)[0]?.message,
];
const attach = (interfaceAttachment: object, more: object = {}) =>
  face.ask('POST', `/servers/${id}/os-interface`, { at: '2.70', body: { interfaceAttachment }, ...more });
const detach = (port: string) => face.ask('DELETE', `/servers/${id}/os-interface/${port}`);
const cards = async () => (await cloud.host('host-1').cardsOf(asId(id))).map(({ portId }) => portId as string);
const shown = async () => (await cloud.server(id)).networkInfo.map(({ portId }) => portId as string);
const gone = (port: string) =>
  until(async () => !(await cards()).includes(port) && !(await shown()).includes(port), {
    what: `port ${port} is gone`,
    timeoutMs: 20_000,
  });

test('a new port is in the guest, in the record and in the list when the request is answered; it is deleted when it is detached', async () => {
  const { status, body } = await attach({ net_id: net, tag: 'second' });
  expect([status, body.interfaceAttachment]).toEqual([
    200,
    expect.objectContaining({ net_id: net, port_state: 'ACTIVE', tag: 'second', fixed_ips: [expect.anything()] }),
  ]);
  const { port_id: port } = body.interfaceAttachment;
  expect([await cards(), await shown()]).toEqual([expect.arrayContaining([port]), expect.arrayContaining([port])]);
  expect((await cloud.server(id)).networkInfo.find(({ portId }) => portId === port)?.tag).toBe('second');
  const { body: acts } = await face.ask('GET', `/servers/${id}/os-instance-actions`);
  expect(acts.instanceActions.map(({ action }: { action: string }) => action)).toContain('attach_interface');
  expect(await detach(port)).toMatchObject({ status: 202 });
  await gone(port);
  expect(await networksOf(cloud).ofServers.ports(asId(id))).toHaveLength(1);
});

test('a given port is only detached; while it is attached it is refused to others, and to the server itself', async () => {
  const networks = networksOf(cloud);
  const port = await networks.ports.create(demo, [{ networkId: net }]).then(([made]) => made?.id ?? '');
  // Two requests at once: the second is refused when its turn comes.
  const both = await Promise.all([attach({ port_id: port }), attach({ port_id: port.toUpperCase() })]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect((await attach({ port_id: port })).status).toBe(409);
  expect((await detach(port)).status).toBe(202);
  await gone(port);
  expect(await networks.ports.show(demo, port)).toMatchObject({ deviceId: '', host: null, serverTag: null, status: 'DOWN' });
  await networks.ports.delete(demo, port);
});

test('what cannot be attached is refused in the words and with the status of Nova', async () => {
  const [{ address = '' } = {}] = Object.values((await face.ask('GET', `/servers/${id}/ips`)).body.addresses)
    .flat()
    .map((one) => ({ address: (one as { addr: string }).addr }));
  const refusals = [
    [{ net_id: net, port_id: NOBODY }, [400, 'Must not input both network_id and port_id']],
    [{ fixed_ips: [{ ip_address: '10.9.0.77' }] }, [400, 'Must input network_id when request IP address']],
    [{ net_id: NOBODY }, [404, `Network ${NOBODY} could not be found.`]],
    [{ port_id: NOBODY }, [404, `Port id ${NOBODY} could not be found.`]],
    [{ net_id: net, fixed_ips: [{ ip_address: address }] }, [409, expect.stringContaining(`${address} is already in use`)]],
  ] as const;
  for (const [asked, told] of refusals) expect(words(await attach(asked, { as: 'admin' }))).toEqual(told);
  expect((await attach({ net_id: net, fixed_ips: [] })).status).toBe(400);
  expect((await attach({ net_id: net }, { at: '2.48' })).status).toBe(200);
  expect((await attach({ net_id: net, tag: 'x' }, { at: '2.48' })).status).toBe(400);
  expect((await detach(NOBODY)).status).toBe(404);
  await face.act(id, { lock: null });
  expect(words(await attach({ net_id: net }))).toEqual([409, `Instance ${id} is locked`]);
  await face.act(id, { unlock: null });
});

test('what the hypervisor refuses leaves no port, and the caller is told', async () => {
  const before = await shown();
  cloud.host('host-1').faults['attachInterface'] = { failureRate: 1 };
  expect(words(await attach({ net_id: net }))).toEqual([500, expect.any(String)]);
  delete cloud.host('host-1').faults['attachInterface'];
  expect([await shown(), await cards()]).toEqual([before, before]);
});

test('a retried request is answered with the same port', async () => {
  const conductor = new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog);
  const deps = { db: database.db, ids: systemIds, policy: novaPolicy(), conductor, networks: networksOf(cloud), clock: systemClock };
  const interfaces = new InterfaceApi(deps);
  const asked = { ...demo, requestId: 'req-once' };
  const first = await interfaces.attach({ ...asked, keyed: true }, id, { networkId: net });
  const again = await interfaces.attach({ ...asked, resumed: true }, id, { networkId: net });
  expect(again).toEqual(first);
  await interfaces.detach({ ...asked, keyed: true }, id, first.id);
  await gone(first.id);
  await interfaces.detach({ ...asked, resumed: true }, id, first.id);
});

test('an address is added to a port and taken away, until the version that dropped it', async () => {
  const addresses = async () => (await cloud.server(id)).networkInfo.flatMap(({ fixedIps }) => fixedIps.map(({ ipAddress }) => ipAddress));
  const before = await addresses();
  expect((await face.act(id, { addFixedIp: { networkId: net } })).status).toBe(202);
  const added = (await addresses()).filter((address) => !before.includes(address));
  expect(added).toHaveLength(1);
  expect((await face.act(id, { removeFixedIp: { address: added[0] } })).status).toBe(202);
  expect(await addresses()).toEqual(before);
  expect(words(await face.act(id, { removeFixedIp: { address: '10.9.99.99' } }))).toEqual([
    400,
    `Instance ${id} doesn't have fixed IP '10.9.99.99'.`,
  ]);
  expect((await face.act(id, { addFixedIp: { networkId: NOBODY } })).status).toBe(404);
  expect((await face.act(id, { addFixedIp: { networkId: net } }, { at: '2.44' })).status).toBe(404);
});
