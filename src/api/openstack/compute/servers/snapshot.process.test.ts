import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { sampleImage } from '../../../../../test/support/sample-server.ts';
import { SimulatedCloud, someone } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { until } from '../../../../../test/support/until.ts';
import { asId } from '../../../../objects/ids.ts';
import { unlimited } from '../../../../quota/resources.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let face: SimulatedFace;
let id: string;

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start();
  await cloud.addHost('host-1', { progressEveryMs: 20 });
  cloud.startEngine();
  face = await openFace(cloud);
  id = await face.boot();
});
afterAll(async () => {
  await face?.close();
  await cloud?.stop();
  await database?.drop();
});
beforeEach(() => cloud.images.clear());

const settled = () =>
  until(async () => (await cloud.server(id)).workflowId === null, { what: `server ${id} is settled`, timeoutMs: 20_000 });
const words = (answer: { body: Record<string, { message: string }> }) => Object.values(answer.body)[0]?.message;
/** The names of the images that there are. */
const kept = () => cloud.images.all.map(({ name }) => name);
const create = (more: object = {}, at = '2.45') => face.act(id, { createImage: { name: 'copy', ...more } }, { at });
const backup = (name: string, rotation: number | string = 2, at = '2.45') =>
  face.act(id, { createBackup: { name, backup_type: 'daily', rotation } }, { at });

describe('an image of a server', () => {
  test('is there when it is answered, gets its data, and says what it was made of', async () => {
    const answer = await create({ metadata: { mine: 'yes' } });
    expect(answer.status).toBe(202);
    const [image] = cloud.images.all;
    expect(answer.body).toEqual({ image_id: image?.id });
    await settled();
    expect(cloud.images.all).toMatchObject([
      { name: 'copy', owner: 'd0', visibility: 'private', isWhole: true, minDiskGb: 1, diskFormat: 'qcow2' },
    ]);
    expect(image?.properties).toEqual({
      instance_uuid: id,
      image_type: 'snapshot',
      base_image_ref: sampleImage.id,
      user_id: 'user-of-demo',
      boot_roles: 'member',
      mine: 'yes',
    });
    expect(await cloud.server(id)).toMatchObject({ vmState: 'active', powerState: 'running', fault: null });
    const { body } = await face.ask('GET', `/servers/${id}/os-instance-actions`);
    expect(body.instanceActions[0]).toMatchObject({ action: 'createImage', message: null });
  });

  test('is named by its address before 2.45', async () => {
    const answer = await create({}, '2.44');
    expect([answer.status, answer.headers.get('location')]).toEqual([202, `http://images.example/images/${cloud.images.all[0]?.id}`]);
    await settled();
  });

  test("of another project's server belongs to the administrator who made it, and names the project", async () => {
    await face.act(id, { createImage: { name: 'copy' } }, { as: 'admin' });
    expect(cloud.images.all).toMatchObject([{ owner: 'a0', visibility: 'shared', properties: { instance_owner: 'd0' } }]);
    await settled();
    expect((await face.act(id, { createImage: { name: 'copy' } }, { as: 'other' })).status).toBe(404);
  });

  test('may have more metadata than the quota since 2.39', async () => {
    const metadata = { a: '1', b: '2', c: '3', d: '4' };
    const strict = await openFace(
      cloud,
      {},
      cloud.api({ preparers: cloud.preparers({ quotaLimits: { ...unlimited, metadata_items: 3 } }) }),
    );
    const asked = { createImage: { name: 'copy', metadata } };
    const refused = await strict.act(id, asked, { at: '2.38' });
    expect([refused.status, cloud.images.all]).toEqual([403, []]);
    expect((await strict.act(id, asked, { at: '2.39' })).status).toBe(202);
    await strict.close();
    await settled();
  });

  test.each([
    [{ name: '' }, 400],
    [{ name: 'x'.repeat(256) }, 400],
    [{ metadata: { key: 7 } }, 400],
    [{ unknown: true }, 400],
  ])('is refused where the request is wrong: %j', async (more, status) => {
    expect((await create(more)).status).toBe(status);
    expect(cloud.images.all).toEqual([]);
  });

  test('is not made while something else is done to the server, and shows how far it is', async () => {
    cloud.host('host-1').faults['snapshot'] = { delayMs: 600 };
    await create();
    const states = new Set<string | null>();
    const again = await create();
    expect([again.status, words(again)]).toEqual([
      409,
      expect.stringMatching(`^Cannot 'createImage' instance ${id} while it is in task_state image_snapshot`),
    ]);
    await until(async () => states.add((await cloud.server(id)).taskState) && states.has(null), { what: 'the end', timeoutMs: 20_000 });
    delete cloud.host('host-1').faults['snapshot'];
    expect([...states]).toContain('image_pending_upload');
    expect(cloud.images.all.length).toBe(1);
  });

  test('is deleted again when the copy fails, and the server stays as it is', async () => {
    cloud.host('host-1').faults['snapshot'] = { failureRate: 1 };
    expect((await create()).status).toBe(202);
    await settled();
    delete cloud.host('host-1').faults['snapshot'];
    expect(cloud.images.all).toEqual([]);
    expect(await cloud.server(id)).toMatchObject({ vmState: 'active', taskState: null, fault: { code: 500 } });
  });

  test('that is deleted meanwhile is not made', async () => {
    cloud.host('host-1').faults['snapshot'] = { delayMs: 300 };
    await create();
    const [image] = cloud.images.all;
    if (image) await cloud.images.discard(someone(), image.id);
    await settled();
    delete cloud.host('host-1').faults['snapshot'];
    expect(await cloud.server(id)).toMatchObject({ vmState: 'active', fault: { message: expect.stringContaining(image?.id ?? '') } });
  });

  test('of a server that must be quiet freezes its guest meanwhile, and is refused where nobody can', async () => {
    const image = JSON.stringify({ ...sampleImage, properties: { os_require_quiesce: 'yes' } });
    await cloud.db.updateTable('servers').set({ image }).where('id', '=', id).execute();
    const frozen = () => cloud.host('host-1').driver.guestOf(asId(id)).isFrozen;
    cloud.host('host-1').faults['snapshot'] = { delayMs: 600 };
    await create();
    await expect.poll(frozen).toBe(true);
    await settled();
    expect(frozen()).toBe(undefined);
    delete cloud.host('host-1').faults['snapshot'];
    await cloud.db.updateTable('compute_nodes').set({ capabilities: '["quiesce"]' }).execute();
    const refused = await create();
    expect([refused.status, words(refused)]).toEqual([
      409,
      `Quiescing is not supported in instance ${id}: QEMU guest agent is not enabled`,
    ]);
    await cloud.db
      .updateTable('servers')
      .set({ image: JSON.stringify(sampleImage) })
      .where('id', '=', id)
      .execute();
  });
});

describe('a backup', () => {
  test('replaces the oldest of its type', async () => {
    for (const name of ['one', 'two', 'three']) {
      const { status, body } = await backup(name);
      expect([status, body.image_id]).toEqual([202, cloud.images.all.at(-1)?.id]);
      await settled();
    }
    expect(kept()).toEqual(['two', 'three']);
    expect(cloud.images.all[0]?.properties).toMatchObject({ image_type: 'backup', backup_type: 'daily' });
    await face.act(id, { createBackup: { name: 'week', backup_type: 'weekly', rotation: '1' } });
    await settled();
    expect(kept()).toEqual(['two', 'three', 'week']);
  });

  test('with a rotation of 0 is not kept either, and not named', async () => {
    await backup('kept', 5);
    await settled();
    const now = await backup('none', '0');
    expect([now.status, now.body]).toEqual([202, undefined]);
    await settled();
    const before = await backup('none', 0, '2.1');
    expect([before.status, before.headers.get('location')]).toEqual([202, null]);
    await settled();
    expect(kept()).toEqual([]);
  });

  test.each([{ rotation: -1 }, { rotation: '-1' }, { rotation: 'x' }, { rotation: '' }, { backup_type: 3 }, { name: '' }])(
    'is refused with %j',
    async (wrong) => {
      expect((await face.act(id, { createBackup: { name: 'x', backup_type: 'daily', rotation: 1, ...wrong } })).status).toBe(400);
    },
  );
});
