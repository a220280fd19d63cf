import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { openOperatorFace, type OperatorFace } from '../../../../../test/support/operator-face.ts';

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

const statusOf = async (path: string, at: string) => (await face.ask('GET', path, { at })).status;

test('extensions are listed and shown, to everybody', async () => {
  const keypairs = {
    alias: 'os-keypairs',
    name: 'Keypairs',
    description: 'Keypair Support.',
    links: [],
    namespace: 'http://docs.openstack.org/compute/ext/fake_xml',
    updated: '2014-12-03T00:00:00Z',
  };
  expect((await face.ask('GET', '/extensions', { as: 'demo' })).body.extensions).toContainEqual(keypairs);
  expect((await face.ask('GET', '/extensions/os-keypairs', { as: 'demo' })).body).toEqual({ extension: keypairs });
  expect(await statusOf('/extensions/os-nothing', '2.1')).toBe(404);
  expect(await statusOf('/extensions?x=1', '2.101')).toBe(200);
  expect(await statusOf('/extensions?x=1', '2.102')).toBe(400);
});

// Fault 2026-11 D11.
test('all extensions that Nova lists are listed, each once, also those whose features are missing here', async () => {
  const { extensions } = (await face.ask('GET', '/extensions')).body;
  const aliases: string[] = extensions.map(({ alias }: { alias: string }) => alias);
  expect([aliases.length, new Set(aliases).size]).toEqual([99, 99]);
  for (const [alias, name] of [
    ['os-admin-actions', 'AdminActions'],
    ['os-hosts', 'Hosts'],
    ['os-consoles', 'Consoles'],
  ]) {
    const shown = (await face.ask('GET', `/extensions/${alias}`)).body;
    expect(shown).toMatchObject({ extension: { alias, name } });
    expect(extensions).toContainEqual(shown.extension);
  }
});

test('the legacy API lists one more, whose field it has', async () => {
  const [legacy, now] = await Promise.all(['/v2/extensions', '/v2.1/extensions'].map((path) => face.ask('GET', path)));
  expect([legacy?.body.extensions.length, now?.body.extensions.length]).toEqual([100, 99]);
  const shown = await Promise.all(['/v2', '/v2.1'].map((root) => face.ask('GET', `${root}/extensions/OS-EXT-VIF-NET`)));
  expect(shown.map(({ status }) => status)).toEqual([200, 404]);
});
