/** The commands of operators on a running cloud: what they print, what they change, and their exit statuses, which scripts rely on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runProgram } from '../../src/cmd/program.ts';
import { services } from '../../src/cmd/services.ts';
import { migrations } from '../../src/db/migrations/index.ts';
import { query } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { consoleUrl, view } from '../support/console-viewer.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ env: { NOVA_HOST: 'node-1' }, config: '[console]\nrecord_serial = true\n' });
});
afterAll(() => cloud?.destroy());

/** Runs a command to its end, in this process: a program of its own for each would take minutes. */
async function nova(args: readonly string[], stateDir = cloud.stateDir) {
  const before = { ...process.env };
  const printed: Record<'log' | 'error', string[]> = { log: [], error: [] };
  const spies = (['log', 'error'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((line: unknown) => void printed[name].push(`${String(line)}\n`)),
  );
  for (const name of Object.keys(process.env)) if (name.startsWith('NOVA_')) delete process.env[name];
  Object.assign(process.env, { NOVA_STATE_DIR: stateDir, NOVA_VIRT_DRIVER: 'fake' });
  try {
    process.exitCode = 0;
    return { status: await runProgram(args, services), output: printed.log.join(''), errors: printed.error.join('') };
  } finally {
    process.exitCode = 0;
    for (const spy of spies) spy.mockRestore();
    for (const name of Object.keys(process.env)) if (name.startsWith('NOVA_')) delete process.env[name];
    Object.assign(process.env, before);
  }
}
const manage = (command: string, ...more: readonly string[]) => nova(['manage', ...command.split(' '), ...more]);
const statusOf = async (command: string) => (await manage(command)).status;

/** A server that is ACTIVE, or one that was deleted. */
async function server({ deleted = false } = {}): Promise<string> {
  const demo = await cloud.demo();
  const id = await demo.boot({ name: 'one' });
  expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
  if (deleted) await demo.remove(id);
  return id;
}
const isClean = async () => (await verifyCloud(cloud)).breaches;

test('the schema is that of the program', async () => {
  expect(await manage('db version')).toMatchObject({ status: 0, output: `${Object.keys(migrations).sort().at(-1)}\n` });
  expect(await manage('db sync')).toMatchObject({ status: 0, output: 'the database is up to date\n' });
  expect(await manage('db online_data_migrations')).toMatchObject({ status: 0, output: expect.stringContaining('| Migration |') });
  expect(await statusOf('db online_data_migrations --max-count 0')).toBe(127);
});

test('nothing is in the way of an upgrade', async () => {
  const good = await nova(['status', 'upgrade', 'check']);
  expect(good).toMatchObject({
    status: 0,
    output: expect.stringMatching(/^\+-+\+\n\| Upgrade Check Results +\|\n\+-+\+\n\| Check: Database Schema +\|/),
  });
  expect(good.output).toMatch(/\| Check: Placement API +\|\n\| Result: Success +\|\n\| Details: None +\|/);
});

test('deleted servers are archived and purged; what is there stays, and the books are clean', async () => {
  const [there, gone] = [await server(), await server({ deleted: true })];
  expect(await statusOf(`cell_v2 verify_instance --uuid ${gone}`)).toBe(3);
  expect(await manage('db archive_deleted_rows --dry-run')).toMatchObject({ status: 0, output: expect.stringContaining('| servers') });
  expect(await manage('db archive_deleted_rows --verbose --until-complete --all-cells')).toMatchObject({
    status: 1,
    output: expect.stringContaining('| instance_actions'),
  });
  expect(await statusOf('db archive_deleted_rows --max_rows 100')).toBe(0);
  expect(await statusOf('db archive_deleted_rows --max_rows none')).toBe(2);
  expect(await isClean()).toEqual([]);
  expect(await statusOf(`cell_v2 verify_instance --uuid ${gone} --quiet`)).toBe(4);
  expect([await statusOf('db purge'), await statusOf('db purge --all'), await statusOf('db purge --all')]).toEqual([1, 0, 3]);
  expect(await statusOf(`cell_v2 verify_instance --uuid ${gone}`)).toBe(1);
  expect(await manage(`cell_v2 verify_instance --uuid ${there}`)).toMatchObject({
    status: 0,
    output: expect.stringContaining('is in cell: cell1'),
  });
  await (await cloud.demo()).remove(there);
});

test('there is one cell, which needs no mapping', async () => {
  expect(await manage('cell_v2 list_cells')).toMatchObject({
    status: 0,
    output: expect.stringMatching(/\| cell1 +\| [0-9a-f-]{36} \| memory:/),
  });
  expect(await manage('cell_v2 list_hosts')).toMatchObject({ status: 0, output: expect.stringContaining('node-1') });
  expect([await statusOf('cell_v2 discover_hosts'), await statusOf('cell_v2 discover_hosts --strict')]).toEqual([0, 1]);
  expect([await statusOf('cell_v2 map_cell0 --database_connection x'), await statusOf('cell_v2 create_cell --name x')]).toEqual([0, 1]);
});

test('missing allocations are healed, and orphaned ones found and deleted', async () => {
  const id = await server();
  expect(await statusOf('placement heal_allocations')).toBe(4);
  await query(cloud, 'delete from allocations');
  expect(await manage('placement heal_allocations --dry-run')).toMatchObject({
    status: 0,
    output: expect.stringContaining(`[dry-run] Create allocations for instance ${id} on node-1`),
  });
  expect(await manage('placement heal_allocations --verbose')).toMatchObject({
    status: 0,
    output: `Successfully created allocations for instance ${id}.\nProcessed 1 instances.\n`,
  });
  expect([await statusOf('placement heal_allocations --max-count 0'), await statusOf('placement sync_aggregates')]).toEqual([127, 0]);
  expect(await isClean()).toEqual([]);
  await query(cloud, `update allocations set amount = 99 where resource_class = 'VCPU'`);
  expect([await statusOf('placement heal_allocations'), await isClean()]).toEqual([0, []]);
  await (await cloud.demo()).remove(id);
  expect(await statusOf('placement audit')).toBe(0);
  await query(cloud, `insert into placements (server_id, host, role) values ($1, 'node-1', 'current')`, [id]);
  expect(await manage('placement audit --verbose')).toMatchObject({
    status: 3,
    output: expect.stringContaining(`consumer UUID ${id} but no existing`),
  });
  expect([await statusOf('placement audit --delete'), await statusOf('placement audit')]).toEqual([4, 0]);
  expect(await statusOf(`placement audit --resource_provider ${id}`)).toBe(127);
});

test('services are listed, disabled and enabled; limits of a project are shown and changed', async () => {
  expect(await manage('service list')).toMatchObject({
    status: 0,
    output: expect.stringMatching(/nova-compute +\| node-1 \| nova +\| enabled +\| :-\)/),
  });
  expect(await manage('service disable --host node-1')).toMatchObject({ status: 0, output: 'nova-compute of node-1 is disabled\n' });
  expect((await manage('service list --service nova-compute')).output).toContain('disabled');
  expect(await statusOf('service enable --host node-1')).toBe(0);
  expect(await statusOf('service enable --host nowhere')).toBe(255);
  expect(await manage('host list')).toMatchObject({ status: 0, output: expect.stringMatching(/\| node-1 +\| nova/) });
  const [{ id: project }] = (await query(cloud, `select id from projects where name = 'demo'`)) as [{ id: string }];
  expect(await manage(`project quota --project ${project} --key cores --value 7`)).toMatchObject({
    status: 0,
    output: expect.stringMatching(/\| cores +\| 7 +\| 0 /),
  });
  expect([
    await statusOf(`project quota --project ${project} --key wheels --value 4`),
    await statusOf('project quota --project none'),
  ]).toEqual([2, 255]);
});

test('recordings of serial consoles are listed, searched and printed, and go with their server', async () => {
  const [id, demo] = [await server(), await cloud.demo()];
  const viewer = view(await consoleUrl(demo, id, 'serial', 'serial'));
  await viewer.reads('is recorded');
  viewer.send('somebody\r');
  await viewer.reads('somebody@');
  viewer.close();
  await viewer.ended;
  const search = (text: string) => manage(`console recordings ${id}`, '--search', text);
  await expect.poll(async () => (await search('somebody@')).output, { timeout: 10_000 }).toMatch(/\| [0-9a-f-]{36} \| .* \| req-/);
  const [, recording = ''] = /\| ([0-9a-f-]{36}) \|/.exec((await manage(`console recordings ${id}`)).output) ?? [];
  expect((await search('nobody')).output).not.toContain(recording);
  expect(await manage(`console recording ${recording}`)).toMatchObject({
    status: 0,
    output: expect.stringMatching(/^\{"version":2,.*"title":"one"\}\n\[[\d.]+,"o",/),
  });
  await demo.remove(id);
  expect(await statusOf(`console recording ${recording}`)).toBe(1);
  expect(await manage('console recordings first')).toMatchObject({
    status: 1,
    output: expect.stringContaining('first is not the id of a server.'),
  });
  expect(await isClean()).toEqual([]);
});

test('without a cloud nothing is made, and the status says so', async () => {
  const nowhere = await mkdtemp(join(tmpdir(), 'nova-nothing-'));
  try {
    const ended: Awaited<ReturnType<typeof nova>>[] = [];
    for (const command of ['db version', 'db archive_deleted_rows', 'db purge --all', 'service list'])
      ended.push(await nova(['manage', ...command.split(' ')], nowhere));
    expect(ended.map(({ status }) => status)).toEqual([255, 3, 4, 255]);
    expect(ended[0]?.errors).toContain('there is no cloud in');
  } finally {
    await rm(nowhere, { recursive: true });
  }
});
