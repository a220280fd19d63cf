/** Builds of guest agents, over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { openOperatorFace, type OperatorFace } from '../../../test/support/operator-face.ts';

let database: TestDatabase;
let face: OperatorFace;
beforeAll(async () => {
  database = await createTestDatabase();
  face = await openOperatorFace(database);
});
afterAll(async () => {
  await face?.close();
  await database?.drop();
});

const file = { version: '7.0', url: 'xxx://xxxx/xxx/xxx', md5hash: 'add6bb58e139be103324d04d82d8f545' };
const build = { hypervisor: 'kvm', os: 'win', architecture: 'x86', ...file };
const make = (more: object = {}) => face.ask('POST', '/os-agents', { body: { agent: { ...build, ...more } } });

test('builds are registered, listed, replaced and deleted', async () => {
  const { status, body } = await make();
  expect([status, body]).toEqual([200, { agent: { agent_id: expect.any(Number), ...build } }]);
  const id = body.agent.agent_id;
  await make({ hypervisor: 'xen' });
  const listed = async (query: string) =>
    (await face.ask('GET', `/os-agents${query}`)).body.agents.map(({ hypervisor }: { hypervisor: string }) => hypervisor);
  expect([await listed(''), await listed('?hypervisor=kvm'), await listed('?hypervisor=none')]).toEqual([['kvm', 'xen'], ['kvm'], []]);
  const newer = { ...file, version: '8.0' };
  const changed = await face.ask('PUT', `/os-agents/${id}`, { body: { para: newer } });
  expect([changed.status, changed.body]).toEqual([200, { agent: { agent_id: String(id), ...newer } }]);
  expect((await face.ask('GET', '/os-agents?hypervisor=kvm')).body.agents).toEqual([{ agent_id: id, ...build, ...newer }]);
  expect((await face.ask('DELETE', `/os-agents/${id}`)).status).toBe(200);
  expect((await face.ask('DELETE', `/os-agents/${id}`)).status).toBe(404);
});

test('there is one build for each kind of guest', async () => {
  await make({ os: 'bsd' });
  const { status, body } = await make({ os: 'bsd', version: '9.0' });
  const message = 'Agent-build with hypervisor kvm os bsd architecture x86 exists.';
  expect([status, body]).toEqual([409, { conflictingRequest: { code: 409, message } }]);
});

test('mistakes are told, and members may do nothing', async () => {
  const statuses = await Promise.all([
    make({ url: 'no url' }),
    make({ md5hash: 'xyz' }),
    make({ os: 'x'.repeat(256) }),
    make({ more: 1 }),
    face.ask('PUT', '/os-agents/x', { body: { para: file } }),
    face.ask('PUT', '/os-agents/99', { body: { para: file } }),
    face.ask('PUT', '/os-agents/99999999999', { body: { para: file } }),
    face.ask('DELETE', '/os-agents/x'),
    face.ask('GET', '/os-agents', { as: 'demo' }),
    face.ask('POST', '/os-agents', { as: 'demo', body: { agent: build } }),
  ]);
  expect(statuses.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 404, 404, 400, 403, 403]);
});
