/**
 * Workflows stored before an upgrade run after it. `test/golden/workflows` has inputs as each revision stored them; every one is run
 * through today's definitions, and what is stored today must be among them.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { sampleFlavor, sampleImage } from '../../../test/support/sample-server.ts';
import { SimulatedCloud, someone } from '../../../test/support/simulated-cloud.ts';
import {
  missingInputs,
  STORED_IDS,
  type StoredWorkflow,
  storedInputs,
  storedNames,
  withIds,
} from '../../../test/support/stored-workflows.ts';
import { insertFlavor } from '../../db/stores/flavors/flavors.ts';
import { insertMigration } from '../../db/stores/moves/migrations.ts';
import { networksOf } from '../../../test/support/simulated-face.ts';
import { makeVolume } from '../../../test/support/attached-volume.ts';
import { VolumeAttachmentApi } from '../../compute/servers/volume-attachment-api.ts';
import { InterfaceApi } from '../../compute/servers/interface-api.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { silentLog } from '../../lib/log/log.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { WorkflowUnfinished } from '../../lib/workflow/errors.ts';
import { ImageCachingApi } from '../../compute/aggregates/image-caching-api.ts';
import { addHost, insertAggregate } from '../../db/stores/hosts/aggregates.ts';
import type { ComputeApi } from '../../compute/api.ts';
import { enqueue } from '../../lib/workflow/enqueue.ts';
import { workflowRef } from '../../lib/workflow/workflow.ts';
import { asId, type HostName, type NetworkId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import type { VmState } from '../../objects/states.ts';
import { novaPolicy } from '../../policy/policy.ts';
import { actionOf, type HostActionName } from '../../operations/actions/kinds.ts';
import { destinationOf, lifecycle, type Transition } from '../../operations/lifecycle.ts';
import {
  type AttachInterface,
  abandonMoveRef,
  attachInterfaceRef,
  attachVolumeRef,
  bootServerRef,
  cacheImagesRef,
  changePasswordRef,
  confirmResizeRef,
  deleteServerRef,
  detachInterfaceRef,
  detachVolumeRef,
  evacuateServerRef,
  growVolumeRef,
  offloadServerRef,
  liveMigrateServerRef,
  mendVolumeRef,
  performActionRef,
  rebuildServerRef,
  rescueServerRef,
  resizeServerRef,
  restoreServerRef,
  revertResizeRef,
  shelveServerRef,
  snapshotServerRef,
  softDeleteServerRef,
  unshelveServerRef,
} from '../../operations/workflows.ts';
import { followGrownVolume } from '../../compute/servers/grown-volume.ts';
import { ConductorApi } from '../api.ts';
import { conductorRpc } from '../rpcapi.ts';
import { writeMending } from '../volume-correction.ts';
import { serversPlacedOn } from '../../db/stores/servers/places.ts';
import { allWorkflows } from './index.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let networkId: NetworkId;
const large = { ...sampleFlavor, id: '2', name: 'm1.small', vcpus: 2 };

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 2 });
  await cloud.start('host-1', 'host-2');
  for (const flavor of [sampleFlavor, large]) await insertFlavor(database.db, flavor);
  const network = await cloud.db.selectFrom('networks').select('id').executeTakeFirstOrThrow();
  networkId = asId<NetworkId>(network.id);
});
afterAll(async () => {
  await cloud.stop();
  await database.drop();
});

const WAIT = { timeout: 20_000, interval: 10 };
const rest = (id: string, vmState: VmState) => expect.poll(() => cloud.server(id), WAIT).toMatchObject({ vmState, taskState: null });

/** How an active server comes to the state where another action begins. */
const ways: Partial<Record<VmState, (api: ComputeApi, id: string) => Promise<unknown>>> = {
  stopped: (api, id) => api.act(someone(), id, 'stop', null),
  paused: (api, id) => api.act(someone(), id, 'pause', null),
  suspended: (api, id) => api.act(someone(), id, 'suspend', null),
  rescued: (api, id) => api.act(someone(), id, 'rescue', {}),
  'soft-delete': (api, id) => api.delete(someone(), id),
  shelved: (api, id) => api.act(someone(), id, 'shelve', null),
  shelved_offloaded: (api, id) => api.act(someone(), id, 'shelve', null),
};

/** An idle server in this state; no engine is running then. */
async function serverIn(vmState: VmState): Promise<Server> {
  cloud.startEngine();
  cloud.options.shelvedOffloadSeconds = vmState === 'shelved' ? -1 : 0;
  const { id } = await cloud.boot({ requestedHost: asId<HostName>('host-1') });
  await rest(id, 'active');
  const way = ways[vmState];
  if (vmState === 'resized') {
    await cloud.api().act(someone(), id, 'resize', { flavorId: large.id });
    await rest(id, vmState);
  }
  if (way) {
    await way(cloud.api({ keepsDeleted: true }), id);
    await rest(id, vmState);
  }
  await cloud.stopEngines();
  return await cloud.server(id);
}

/** The last stored workflow of a server, in the format of the files. */
async function lastWritten(about: string, id: string, to: VmState): Promise<StoredWorkflow> {
  const { vmState, taskState } = await cloud.server(id);
  const rows = cloud.db.selectFrom('workflows').select('input').where('subject', '=', id);
  const { input } = await rows.orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow();
  const stored = { about, server: { vmState, taskState }, to, input };
  const { image } = input as { readonly image?: { readonly id: string; readonly owner?: string } };
  return withIds(stored, [
    [id, STORED_IDS.server],
    [networkId, STORED_IDS.network],
    [(await moveOf(id)) ?? STORED_IDS.migration, STORED_IDS.migration],
    // An image that the work makes has an owner, and a new id each time.
    ...(image?.owner !== undefined ? ([[image.id, STORED_IDS.image]] as const) : []),
  ]);
}

/** The id of the record of a server's move, if it has one. */
async function moveOf(id: string): Promise<string | undefined> {
  return (await cloud.db.selectFrom('server_migrations').select('id').where('server_id', '=', id).executeTakeFirst())?.id;
}

test('the stored input of a boot is known', async () => {
  const boots: readonly (readonly [about: string, Parameters<SimulatedCloud['boot']>[0]])[] = [
    ['any host and network', {}],
    ['no network', { networks: 'none' }],
    ['a network and a host', { networks: [{ networkId, tag: 'nic' }], requestedHost: asId<HostName>('host-1') }],
  ];
  const written: StoredWorkflow[] = [];
  for (const [about, asked] of boots) {
    const { id } = await cloud.boot(asked, { deaf: true });
    written.push(await lastWritten(about, id, 'active'));
    await cloud.db.deleteFrom('workflows').execute();
  }
  written.push(await secondAttempt());
  expect(missingInputs(bootServerRef.name, written)).toEqual([]);
});

/** The next attempt that a boot stores after it failed on its host, caught before it begins. */
async function secondAttempt(): Promise<StoredWorkflow> {
  const host = cloud.host('host-1');
  host.faults['spawn'] = { failureRate: 1 };
  const { id } = await cloud.boot({}, { deaf: true });
  const memory = cloud.db.updateTable('inventories').set({ total: 1_000_000 }).where('resource_class', '=', 'MEMORY_MB');
  await memory.where('host', '=', 'host-1').execute();
  const stuck = Promise.withResolvers<never>();
  let caught: StoredWorkflow | undefined;
  cloud.startEngine((definition) => ({
    ...definition,
    steps: definition.steps.map((step) =>
      step.name === 'target'
        ? {
            ...step,
            do: async (scope: never, w) => {
              if (Reflect.get(scope, 'attemptNumber') === 1) return await step.do(scope, w);
              caught = await lastWritten('another host, after the first one failed', id, 'active');
              w.signal.addEventListener('abort', () => stuck.reject(w.signal.reason));
              return await stuck.promise;
            },
          }
        : step,
    ),
  }));
  await expect.poll(() => caught, WAIT).toBeDefined();
  await cloud.stopEngines();
  delete host.faults['spawn'];
  await host.report();
  await cloud.db.deleteFrom('workflows').execute();
  if (!caught) throw new Error('no second attempt was written down');
  return caught;
}

/** The inputs of each task. */
const inputs: Record<HostActionName, readonly unknown[]> = {
  start: [null],
  stop: [null],
  reboot: [{ type: 'soft' }, { type: 'hard' }],
  pause: [null],
  unpause: [null],
  suspend: [null],
  resume: [null],
  trigger_crash_dump: [null],
  unrescue: [{ boots: true }],
};

test('the stored input of each action is known', async () => {
  const { id } = await serverIn('active');
  const written: StoredWorkflow[] = [];
  for (const [name, all] of Object.entries(inputs))
    for (const input of all) {
      // Object.entries loses the keys' types, and which input belongs to which action.
      const action = name as HostActionName;
      const row: Transition = lifecycle[actionOf(action).rowFor(input)];
      const vmState = row.from === 'any' ? 'active' : (row.from[0] ?? 'active');
      await cloud.db.updateTable('servers').set({ vm_state: vmState, task_state: null, workflow_id: null }).where('id', '=', id).execute();
      await cloud.api({ deaf: true }).act(someone(), id, action, input as never);
      written.push(await lastWritten([name, ...Object.values(input ?? {})].join(' '), id, destinationOf(row, { vmState })));
    }
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(performActionRef.name, written)).toEqual([]);
});

test('the stored input of a delete is known', async () => {
  const { id } = await serverIn('active');
  await cloud.api({ deaf: true }).delete(someone(), id);
  const written = await lastWritten('delete', id, 'deleted');
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(deleteServerRef.name, [written])).toEqual([]);
});

test('the stored inputs of a delete that can be taken back, and of taking it back, are known', async () => {
  const { id } = await serverIn('active');
  await cloud.api({ deaf: true, keepsDeleted: true }).delete(someone(), id);
  const written = await lastWritten('soft delete', id, 'soft-delete');
  expect(missingInputs(softDeleteServerRef.name, [written])).toEqual([]);
  await cloud.db
    .updateTable('servers')
    .set({ vm_state: 'soft-delete', task_state: null, workflow_id: null })
    .where('id', '=', id)
    .execute();
  await cloud.api({ deaf: true }).act(someone(), id, 'restore', null);
  const restore = await lastWritten('restore', id, 'active');
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(restoreServerRef.name, [restore])).toEqual([]);
});

test('the stored input of a rescue is known', async () => {
  const { id } = await serverIn('active');
  await cloud.api({ deaf: true }).act(someone(), id, 'rescue', {});
  const written = await lastWritten('rescue', id, 'rescued');
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(rescueServerRef.name, [written])).toEqual([]);
});

test('the stored input of a change of the password is known, without the password', async () => {
  const { id } = await serverIn('active');
  await cloud.api({ deaf: true }).act(someone(), id, 'changePassword', { password: 'new' });
  const written = await lastWritten('change of the password', id, 'active');
  await cloud.db.deleteFrom('workflows').execute();
  expect(JSON.stringify(written)).not.toContain('new');
  expect(missingInputs(changePasswordRef.name, [written])).toEqual([]);
});

test('the stored input of a rebuild is known', async () => {
  const written: StoredWorkflow[] = [];
  for (const vmState of ['active', 'stopped'] as const) {
    const { id } = await serverIn(vmState);
    await cloud.api({ deaf: true }).act(someone(), id, 'rebuild', { imageId: sampleImage.id, preserveEphemeral: false });
    written.push(await lastWritten(`rebuild of a server that is ${vmState}`, id, vmState));
    await cloud.db.deleteFrom('workflows').execute();
  }
  expect(missingInputs(rebuildServerRef.name, written)).toEqual([]);
});

test('the stored inputs of moves and of their ends are known', async () => {
  const written: StoredWorkflow[] = [];
  for (const vmState of ['active', 'stopped'] as const) {
    const { id } = await serverIn(vmState);
    await cloud.api({ deaf: true }).act(someone(), id, 'resize', { flavorId: large.id });
    written.push(await lastWritten(`resize of a server that is ${vmState}`, id, 'resized'));
    await cloud.db.deleteFrom('workflows').execute();
  }
  expect(missingInputs(resizeServerRef.name, written)).toEqual([]);
  const { id: lost, host } = await serverIn('active');
  await cloud.host(host).die();
  const admin = { ...someone(), roles: ['admin'], isAdmin: true };
  const asked = { host: null, isForced: false, onSharedStorage: false, staysStopped: false };
  await cloud.api({ deaf: true }).act(admin, lost, 'evacuate', asked);
  const evacuation = await lastWritten('evacuate', lost, 'active');
  await cloud.host(host).start();
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(evacuateServerRef.name, [evacuation])).toEqual([]);
  for (const [action, name] of [
    ['confirmResize', confirmResizeRef.name],
    ['revertResize', revertResizeRef.name],
  ] as const) {
    const { id } = await serverIn('resized');
    await cloud.api({ deaf: true }).act(someone(), id, action, null);
    const ended = await lastWritten(action, id, 'active');
    await cloud.db.deleteFrom('workflows').execute();
    expect(missingInputs(name, [ended])).toEqual([]);
  }
});

test('the stored inputs of attaching and detaching an interface are known', async () => {
  const { id, networkInfo } = await serverIn('active');
  // Nobody attaches anything, so the requests do not wait for it.
  const waiting = { monotonicMs: () => Number.POSITIVE_INFINITY, now: () => new Date(), sleep: async () => {} };
  const conductor = new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog);
  const interfaces = new InterfaceApi({
    db: cloud.db,
    ids: systemIds,
    policy: novaPolicy(),
    conductor,
    networks: networksOf(cloud),
    clock: waiting,
  });
  const ids: [string, string][] = [];
  const last = async (about: string) => withIds(await lastWritten(about, id, 'active'), ids);
  await expect(interfaces.attach(someone(), id, { networkId, tag: 'nic' })).rejects.toSatisfy(WorkflowUnfinished.is);
  const { input } = await last('an attachment');
  ids.push([(input as AttachInterface).wanted.newPortId ?? '', STORED_IDS.port]);
  const attached = await last('a port on a network');
  await cloud.db.deleteFrom('workflows').execute();
  const [port] = networkInfo;
  ids.push([port?.portId ?? '', STORED_IDS.port], [port?.macAddress ?? '', 'fa:16:3e:00:00:01']);
  await interfaces.detach(someone(), id, port?.portId ?? '');
  const detached = await last('a port');
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(attachInterfaceRef.name, [attached])).toEqual([]);
  expect(missingInputs(detachInterfaceRef.name, [detached])).toEqual([]);
});

test('the stored inputs of attaching and detaching a volume are known', async () => {
  const attached: StoredWorkflow[] = [];
  const detached: StoredWorkflow[] = [];
  for (const [vmState, about] of [
    ['active', 'a volume'],
    ['shelved_offloaded', 'a volume of a server without a host'],
  ] as const) {
    const { id } = await serverIn(vmState);
    const attachments = volumeAttachments();
    await freshVolume();
    const wanted = { volumeId: STORED_IDS.volume, tag: 'data', isDeletedWithServer: true, mayBeShared: false };
    await attachments.beginAttaching(someone(), id, wanted);
    const ids: [string, string][] = [[(await cloud.server(id)).volumes[0]?.attachmentId ?? '', STORED_IDS.attachment]];
    const last = async () => withIds(await lastWritten(about, id, vmState), ids);
    attached.push(await last());
    await cloud.db.deleteFrom('workflows').execute();
    await attachments.detach(someone(), id, STORED_IDS.volume);
    detached.push(await last());
    await cloud.db.deleteFrom('workflows').execute();
    if (vmState === 'active') {
      expect(missingInputs(mendVolumeRef.name, [await mended(id)])).toEqual([]);
      expect(missingInputs(growVolumeRef.name, [await grown(id)])).toEqual([]);
    }
  }
  expect(missingInputs(attachVolumeRef.name, attached)).toEqual([]);
  expect(missingInputs(detachVolumeRef.name, detached)).toEqual([]);
});

const volumeAttachments = () =>
  new VolumeAttachmentApi({
    db: cloud.db,
    ids: systemIds,
    policy: novaPolicy(),
    conductor: new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog),
    volumes: cloud.deps.volumes,
    clock: cloud.deps.clock,
  });

/** What is stored when a host has found that a guest differs from the record. */
async function mended(id: string): Promise<StoredWorkflow> {
  const host = asId<HostName>('host-1');
  const placed = (await serversPlacedOn(cloud.db, host)).find(({ server }) => server.id === id);
  if (placed) await writeMending(someone(), cloud.db, { host, placed, volumeIds: [STORED_IDS.volume] });
  const stored = await lastWritten('a volume', id, 'active');
  await cloud.db.deleteFrom('workflows').execute();
  return stored;
}

/** The work that lets a guest have what was added to a volume. */
async function grown(id: string): Promise<StoredWorkflow> {
  const conductor = new ConductorApi(clientOf(conductorRpc, cloud.bus), silentLog);
  const grew = { serverId: id, volumeId: STORED_IDS.volume };
  await followGrownVolume({ db: cloud.db, ids: systemIds, conductor }, someone(), grew);
  const stored = await lastWritten('a volume', id, 'active');
  await cloud.db.deleteFrom('workflows').execute();
  return stored;
}

test('the stored input of image caching is known', async () => {
  const { db, deps, bus } = cloud;
  const conductor = new ConductorApi(clientOf(conductorRpc, bus), silentLog);
  const api = new ImageCachingApi({
    db,
    policy: novaPolicy(),
    ids: { ...systemIds, uuid: () => STORED_IDS.chain },
    images: deps.images,
    conductor: { write: conductor.write, announce: () => {} },
    hostsAtATime: 1,
  });
  const id = await db.transaction().execute(async (trx) => {
    const made = await insertAggregate(trx, { uuid: systemIds.uuid(), name: 'all', metadata: {} });
    for (const host of ['host-1', 'host-2']) await addHost(trx, made, asId<HostName>(host));
    return made;
  });
  await api.cache({ ...someone(), isAdmin: true, roles: ['admin'] }, id, [sampleImage.id]);
  const { input } = await db.selectFrom('workflows').select('input').executeTakeFirstOrThrow();
  await db.deleteFrom('workflows').execute();
  const server = { vmState: 'active', taskState: null } as const;
  expect(missingInputs(cacheImagesRef.name, [{ about: 'an image on two hosts', server, to: 'active', input }])).toEqual([]);
});

test('the stored inputs of images, of shelving and of unshelving are known', async () => {
  const asked = { name: 'copy', metadata: {}, hasMetadataQuota: false };
  const snapshots = [];
  for (const [name, input] of [
    ['createImage', asked],
    ['createBackup', { ...asked, type: 'daily', keep: 1 }],
  ] as const) {
    const { id } = await serverIn('active');
    await cloud.api({ deaf: true }).act(someone(), id, name, input as never);
    snapshots.push(await lastWritten(name, id, 'active'));
    await cloud.db.deleteFrom('workflows').execute();
  }
  const { id } = await serverIn('active');
  await cloud.api({ deaf: true }).act(someone(), id, 'shelve', null);
  const shelving = await lastWritten('shelve', id, 'shelved_offloaded');
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(snapshotServerRef.name, snapshots)).toEqual([]);
  expect(missingInputs(shelveServerRef.name, [shelving])).toEqual([]);
  const offloading = [];
  const unshelving = [];
  for (const [about, vmState, host] of [
    ['on its host', 'shelved', 'host-1'],
    ['without a host', 'shelved_offloaded', null],
  ] as const) {
    await cloud.db
      .updateTable('servers')
      .set({ vm_state: vmState, task_state: null, workflow_id: null, host })
      .where('id', '=', id)
      .execute();
    if (host !== null) {
      await cloud.api({ deaf: true }).act({ ...someone(), isAdmin: true, roles: ['admin'] }, id, 'shelveOffload', null);
      offloading.push(await lastWritten('offload', id, 'shelved_offloaded'));
      await cloud.db.updateTable('servers').set({ task_state: null, workflow_id: null }).where('id', '=', id).execute();
    }
    await cloud.api({ deaf: true }).act(someone(), id, 'unshelve', {});
    unshelving.push(await lastWritten(`unshelve ${about}`, id, 'active'));
  }
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(offloadServerRef.name, offloading)).toEqual([]);
  expect(missingInputs(unshelveServerRef.name, unshelving)).toEqual([]);
});

const admin = () => ({ ...someone(), roles: ['admin', 'member'], isAdmin: true });

test('the stored inputs of a live migration are known', async () => {
  const anywhere = { host: null, copiesDisks: null, isForced: false, awaitsChecks: false };
  const written: StoredWorkflow[] = [];
  for (const [about, vmState, more] of [
    ['to any host', 'active', {}],
    ['of a paused server', 'paused', {}],
    ['to a named host, whatever the scheduler says', 'active', { host: 'host-2', isForced: true, copiesDisks: true }],
  ] as const) {
    const { id } = await serverIn(vmState);
    await cloud.api({ deaf: true }).act(admin(), id, 'live-migration', { ...anywhere, ...more });
    written.push(await lastWritten(`live migration ${about}`, id, vmState));
    await cloud.db.deleteFrom('workflows').execute();
  }
  expect(missingInputs(liveMigrateServerRef.name, written)).toEqual([]);
});

test('the stored input of a move that is given up is known', async () => {
  const { id } = await serverIn('resized');
  await cloud.api({ deaf: true }).act({ ...someone(), roles: ['admin'], isAdmin: true }, id, 'resetState', { to: 'active' });
  const written = await lastWritten('after a reset of the state', id, 'active');
  await cloud.db.deleteFrom('workflows').execute();
  expect(missingInputs(abandonMoveRef.name, [written])).toEqual([]);
});

test('every workflow has stored inputs, and nothing else has', () => {
  expect(storedNames().toSorted()).toEqual(
    allWorkflows(cloud.deps)
      .map(({ name }) => name)
      .toSorted(),
  );
});

/** A volume that nobody has, and no other. */
async function freshVolume(): Promise<void> {
  for (const table of ['volume_attachments', 'volume_snapshots', 'volumes'] as const) await cloud.db.deleteFrom(table).execute();
  await makeVolume(cloud, STORED_IDS.volume);
}

/** The record of a move that begins now. */
async function newMove(id: string): Promise<string> {
  const { id: serverId, host } = await cloud.server(id);
  const migrationId = systemIds.uuid();
  const at = host ?? asId<HostName>('host-1');
  const sizes = { before: { flavor: sampleFlavor, number: 1 }, after: { flavor: large, number: 2 } };
  await cloud.db.transaction().execute((trx) =>
    insertMigration(trx, {
      id: migrationId,
      serverId,
      type: 'resize',
      status: 'pre-migrating',
      source: { host: at, node: at },
      ...sizes,
      wasStopped: false,
      userId: null,
      projectId: null,
    }),
  );
  return migrationId;
}

const all = storedNames().flatMap((name) => storedInputs(name).map((stored) => ({ name, about: stored.about, stored })));

test.for(all)('a stored $name runs: $about', async ({ name, stored: { server, to, input } }) => {
  const { id, workflowId } = server.vmState === 'building' ? await cloud.boot({}, { deaf: true }) : await serverIn(server.vmState);
  const stored = withIds(input, [
    [STORED_IDS.server, id],
    [STORED_IDS.network, networkId],
    [STORED_IDS.migration, (await moveOf(id)) ?? (await newMove(id))],
    [STORED_IDS.image, systemIds.uuid()],
  ]);
  // Earlier cases have taken it.
  if (name === attachVolumeRef.name) await freshVolume();
  const held = workflowId ?? systemIds.uuid();
  await cloud.db.deleteFrom('workflows').where('subject', '=', id).execute();
  // Work without a task state does not hold the server.
  const holder = server.taskState === null ? null : held;
  // The server keeps the password that the work is to set; the workflow never has it.
  const password = server.taskState === 'updating_password' ? 'kept' : null;
  const taken = { task_state: server.taskState, workflow_id: holder, admin_password: password };
  await cloud.db.updateTable('servers').set(taken).where('id', '=', id).execute();
  await enqueue(cloud.db, workflowRef(name), { id: held, subject: id, input: stored, ctx: someone() });
  cloud.startEngine();
  await rest(id, to);
  const status = () => cloud.db.selectFrom('workflows').select('status').where('id', '=', held).executeTakeFirst();
  await expect.poll(status, WAIT).toEqual({ status: 'done' });
  await cloud.stopEngines();
  expect(await cloud.server(id)).toMatchObject({ fault: null });
});
