import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { type CloudClient } from '../support/cloud-client.ts';
import { type ClientShell, clientMissing, clientShell } from '../support/real-client.ts';

const missing = clientMissing('openstack');

const names = (rows: readonly { Name: string }[]) => rows.map(({ Name }) => Name).sort();

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`images by real clients${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  let admin: ClientShell;
  let demo: ClientShell;
  let adminRest: CloudClient;
  let demoRest: CloudClient;
  let file: string;
  const data = 'bytes of a disk, as far as anybody knows\n'.repeat(1_000);

  beforeAll(async () => {
    cloud = await startCloud();
    [admin, demo] = [clientShell(cloud, 'openstack', 'openrc'), clientShell(cloud, 'openstack', 'openrc-demo')];
    [adminRest, demoRest] = await Promise.all([cloud.admin(), cloud.demo()]);
    file = join(cloud.stateDir, 'disk.raw');
    await writeFile(file, data);
  });
  afterAll(() => cloud?.destroy());

  // Without a file the client would wait for data on its standard input.
  const create = (shell: ClientShell, name: string, ...options: readonly string[]) =>
    shell.json('image', 'create', '--disk-format', 'raw', '--container-format', 'bare', '--file', file, ...options, name);

  test('an image is created from a file, shown, and saved byte by byte', async () => {
    const created = await create(demo, 'whole', '--min-disk', '1', '--min-ram', '64', '--tag', 'a', '--property', 'os_distro=debian');
    expect(created).toMatchObject({ name: 'whole', min_disk: 1, min_ram: 64, tags: ['a'] });
    const shown = await demo.json('image', 'show', 'whole');
    expect(shown).toMatchObject({ status: 'active', size: data.length, visibility: 'shared', protected: false, owner: demoRest.projectId });
    expect(shown.properties).toMatchObject({ os_distro: 'debian', os_hash_algo: 'sha512' });
    const copy = join(cloud.stateDir, 'copy.raw');
    await demo.out('image', 'save', '--file', copy, 'whole');
    expect(await readFile(copy, 'utf8')).toBe(data);
  });

  test('set changes the properties of an image, and unset removes them', async () => {
    await create(demo, 'plain', '--tag', 'kept', '--property', 'colour=red', '--property', 'shape=round');
    const changes = [
      '--name',
      'painted',
      '--min-disk',
      '2',
      '--min-ram',
      '128',
      '--os-distro',
      'arch',
      '--community',
      '--protected',
      '--hidden',
    ];
    await demo.out('image', 'set', ...changes, '--tag', 'new', '--property', 'colour=blue', 'plain');
    const shown = await demo.json('image', 'show', 'painted');
    expect(shown).toMatchObject({ name: 'painted', min_disk: 2, min_ram: 128, visibility: 'community', protected: true });
    expect(shown.properties).toMatchObject({ colour: 'blue', shape: 'round', os_distro: 'arch', os_hidden: true });
    expect([...shown.tags].sort()).toEqual(['kept', 'new']);
    expect(names(await demo.json('image', 'list', '--hidden'))).toEqual(['painted']);
    expect((await demo.run('image', 'delete', 'painted')).stderr).toContain('protected');

    await demo.out('image', 'unset', '--tag', 'kept', '--property', 'shape', 'painted');
    await demo.out('image', 'set', '--unprotected', '--unhidden', '--private', 'painted');
    const left = await demo.json('image', 'show', 'painted');
    expect(left).toMatchObject({ tags: ['new'], protected: false, visibility: 'private' });
    expect(left.properties).not.toHaveProperty('shape');
    await demo.out('image', 'delete', 'painted');
    expect(names(await demo.json('image', 'list'))).not.toContain('painted');
  });

  test('lists are narrowed by every option of the client', async () => {
    await create(demo, 'listed-1', '--tag', 'one', '--property', 'kind=x');
    const queued = { name: 'listed-2', tags: ['two', 'both'], visibility: 'private', disk_format: 'raw', container_format: 'bare' };
    await demoRest.ask('image', 'POST', '/v2/images', queued);
    const list = async (...options: readonly string[]) =>
      names(await demo.json('image', 'list', ...options)).filter((name) => name.startsWith('listed'));
    const found = await Promise.all([
      list('--name', 'listed-1'),
      list('--status', 'queued'),
      list('--tag', 'two', '--tag', 'both'),
      list('--private'),
      list('--shared'),
      list('--property', 'kind=x'),
      list('--public'),
      list('--sort', 'name:desc,size:asc'),
    ]);
    const [first, second] = ['listed-1', 'listed-2'];
    expect(found).toEqual([[first], [second], [second], [second], [first], [first], [], [first, second]]);
    const pages = await demo.json('image', 'list', '--limit', '1', '--marker', 'listed-2');
    expect(pages).toHaveLength(1);
  });

  test('a shared image is accepted by the project that it is shared with', async () => {
    const { id } = await create(demo, 'ours');
    const member = await demo.json('image', 'add', 'project', id, adminRest.projectId);
    expect(member).toMatchObject({ image_id: id, member_id: adminRest.projectId, status: 'pending' });
    expect(await demo.json('image', 'member', 'list', id)).toEqual([
      { 'Image ID': id, 'Member ID': adminRest.projectId, Status: 'pending' },
    ]);
    await admin.out('image', 'set', '--accept', id);
    expect((await demo.json('image', 'member', 'list', id))[0].Status).toBe('accepted');
    await demo.out('image', 'remove', 'project', id, adminRest.projectId);
    expect(await demo.json('image', 'member', 'list', id)).toEqual([]);
  });

  test('an admin publishes, deactivates and reactivates', async () => {
    const { id } = await create(demo, 'official');
    const refused = await demo.run('image', 'set', '--public', id);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('403')]);
    await admin.out('image', 'set', '--public', id);
    await demo.out('image', 'set', '--deactivate', id);
    expect(await demo.json('image', 'show', id)).toMatchObject({ visibility: 'public', status: 'deactivated' });
    expect((await demo.run('image', 'save', '--file', join(cloud.stateDir, 'refused'), id)).code).not.toBe(0);
    await demo.out('image', 'set', '--activate', id);
    expect(await demo.json('image', 'show', id)).toMatchObject({ status: 'active' });
  });

  test('a server survives the deletion of its image', async () => {
    const { id } = await create(demo, 'short-lived');
    const server = await demoRest.boot({ name: 'survivor', imageRef: id });
    expect(await demoRest.settled(server)).toMatchObject({ status: 'ACTIVE' });
    await demo.out('image', 'delete', id);
    await demoRest.ask('compute', 'POST', `/v2.1/servers/${server}/action`, { reboot: { type: 'HARD' } });
    expect(await demoRest.settled(server)).toMatchObject({ status: 'ACTIVE', image: { id } });
    await demoRest.remove(server);
  });

  test('errors are shown in the client’s words', async () => {
    const [unknown, format] = await Promise.all([
      demo.run('image', 'show', 'nosuch'),
      demoRest.ask('image', 'POST', '/v2/images', { name: 'x', disk_format: 'floppy' }),
    ]);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('nosuch')]);
    expect(format).toMatchObject({ status: 400, body: { message: expect.stringContaining('disk_format') } });
  });
});
