import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { booksOf, brokenIn, brokenNow } from '../../test/support/books-of.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { SimulatedCloud, someone } from '../../test/support/simulated-cloud.ts';
import { plantPlacement } from '../../test/support/server-placements.ts';
import { until } from '../../test/support/until.ts';
import { conductorRpc } from '../conductor/rpcapi.ts';
import { releasePlacements } from '../db/stores/hosts/placements.ts';
import { systemIds } from '../lib/clock/ids.ts';
import { silentLog } from '../lib/log/log.ts';
import { clientOf } from '../lib/rpc/client.ts';
import { tellUntold } from '../network/books/addresses.ts';
import { asId } from '../objects/ids.ts';
import { rowInvariants } from './invariants/index.ts';
import { repairBooks } from './repair.ts';
import { verifyBooks } from './verify.ts';

let database: TestDatabase;
let cloud: SimulatedCloud;
let server: string;
let gone: string;
let host: string;
let port: string;
const WAIT = { timeout: 20_000, interval: 10 };

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  await cloud.start('host-1', 'host-2');
  cloud.startEngine();
  [{ id: server }, { id: gone }] = [await cloud.boot(), await cloud.boot()];
  await Promise.all([reaches(server, 'active'), reaches(gone, 'active')]);
  await cloud.api().delete(someone(), gone);
  await reaches(gone, 'deleted');
  host = (await cloud.server(server)).host ?? '';
  port = (await cloud.db.selectFrom('ports').select('id').executeTakeFirstOrThrow()).id;
});
afterAll(async () => {
  await cloud?.stop();
  await database?.drop();
});

const reaches = (id: string, vmState: string) =>
  until(async () => (await cloud.server(id)).vmState === vmState, { what: `the server is ${vmState}`, timeoutMs: 20_000 });

const other = () => (host === 'host-1' ? 'host-2' : 'host-1');
const placements = () => cloud.db.selectFrom('placements').select(['host', 'role']).orderBy('role').execute();
const NOBODY = '00000000-0000-4000-8000-000000000001';
const run = (text: ReturnType<typeof sql>) => text.execute(cloud.db);
const bySelf = { requestId: 'req-books' };

/** A breach made on purpose. */
interface Plant {
  readonly invariant: string;
  readonly plant: () => Promise<unknown>;
  /** The breach that is expected to be found. */
  readonly expected: () => { readonly subject: string; readonly evidence: object };
  /** Checks the state after the repair. */
  readonly left?: () => Promise<void>;
  /** Other invariants broken by the same act. */
  readonly also?: readonly string[];
  /** What happens outside of the repair to complete it. */
  readonly afterwards?: () => Promise<unknown>;
}

const plants: readonly Plant[] = [
  {
    invariant: 'host-usage',
    plant: () => run(sql`UPDATE inventories SET used = used + 3 WHERE host = 'host-2' AND resource_class = 'VCPU'`),
    expected: () => ({
      subject: 'host-2',
      evidence: { counted: expect.stringMatching(/VCPU$/), allocated: expect.stringMatching(/VCPU$/) },
    }),
  },
  {
    invariant: 'tasks-are-held',
    plant: () => run(sql`UPDATE servers SET task_state = 'pausing', workflow_id = 'lost' WHERE id = ${server}`),
    expected: () => ({ subject: server, evidence: { vmState: 'active', taskState: 'pausing', workflowId: 'lost', workflow: null } }),
    left: async () => expect(await cloud.server(server)).toMatchObject({ vmState: 'active', taskState: null, fault: { code: 500 } }),
  },
  {
    invariant: 'volumes-are-held',
    plant: () =>
      run(sql`INSERT INTO volumes (id, project_id, user_id, size_gb, status, zone, workflow_id)
        VALUES ('lost-volume', 'project-1', 'user-1', 1, 'deleting', 'nova', 'lost')`),
    expected: () => ({ subject: 'lost-volume', evidence: { status: 'deleting', previousStatus: null, workflowId: 'lost' } }),
    left: async () => {
      const left = cloud.db.selectFrom('volumes').select(['status', 'workflow_id']).where('id', '=', 'lost-volume');
      expect(await left.executeTakeFirst()).toEqual({ status: 'error', workflow_id: null });
    },
  },
  {
    invariant: 'snapshots-are-held',
    plant: async () => {
      await run(sql`INSERT INTO volumes (id, project_id, user_id, size_gb, status, zone)
        VALUES ('kept-volume', 'project-1', 'user-1', 1, 'available', 'nova')`);
      await run(sql`INSERT INTO volume_snapshots (id, volume_id, project_id, user_id, size_gb, status, workflow_id)
        VALUES ('lost-snapshot', 'kept-volume', 'project-1', 'user-1', 1, 'backing-up', 'lost')`);
    },
    expected: () => ({ subject: 'lost-snapshot', evidence: { status: 'backing-up', workflowId: 'lost' } }),
    left: async () => {
      const left = cloud.db.selectFrom('volume_snapshots').select(['status', 'workflow_id']);
      expect(await left.executeTakeFirst()).toEqual({ status: 'available', workflow_id: null });
    },
  },
  {
    invariant: 'backups-are-held',
    plant: () =>
      run(sql`INSERT INTO volume_backups (id, volume_id, project_id, user_id, size_gb, status, zone, store_id, data_id, workflow_id)
        VALUES ('lost-backup', 'kept-volume', 'project-1', 'user-1', 1, 'creating', 'nova', 's', 'd', 'lost')`),
    expected: () => ({ subject: 'lost-backup', evidence: { status: 'creating', workflowId: 'lost' } }),
    left: async () => {
      const left = cloud.db.selectFrom('volume_backups').select(['status', 'workflow_id']);
      expect(await left.executeTakeFirst()).toEqual({ status: 'error', workflow_id: null });
    },
  },
  {
    invariant: 'offered-volumes-wait',
    plant: () => run(sql`UPDATE volumes SET status = 'awaiting-transfer' WHERE id = 'kept-volume'`),
    expected: () => ({ subject: 'kept-volume', evidence: { status: 'awaiting-transfer' } }),
    left: async () => {
      const left = cloud.db.selectFrom('volumes').select('status').where('id', '=', 'kept-volume');
      expect(await left.executeTakeFirst()).toEqual({ status: 'available' });
    },
  },
  {
    invariant: 'workflows-hold-servers',
    plant: async () => {
      await cloud.stopEngines();
      await run(sql`INSERT INTO workflows (id, definition, subject, input, ctx)
        VALUES ('w', 'delete-server', ${NOBODY}, ${JSON.stringify({ serverId: NOBODY })}, ${JSON.stringify(someone())})`);
    },
    expected: () => ({ subject: 'w', evidence: { definition: 'delete-server', serverId: NOBODY, serverHeldBy: null, status: 'pending' } }),
    afterwards: async () => {
      cloud.startEngine();
      const status = async () => (await cloud.db.selectFrom('workflows').select('status').where('id', '=', 'w').executeTakeFirst())?.status;
      await expect.poll(status, WAIT).toMatch(/undone|superseded/);
    },
  },
  {
    invariant: 'actions-end',
    plant: () => run(sql`INSERT INTO instance_actions (server_id, action, request_id) VALUES (${server}, 'pause', 'req-lost')`),
    expected: () => ({ subject: server, evidence: { actions: 'pause', requests: 'req-lost' } }),
  },
  {
    invariant: 'deleted-servers-hold-nothing',
    plant: () => run(sql`UPDATE servers SET terminated_at = NULL WHERE id = ${gone}`),
    expected: () => ({ subject: gone, evidence: { hasEnd: false, portsListed: 0, placedOn: null } }),
    left: async () => expect((await cloud.server(gone)).terminatedAt).not.toBeNull(),
  },
  {
    // Fault 2026-11 E12.
    invariant: 'deleted-servers-hold-nothing',
    plant: () => run(sql`UPDATE servers SET network_info = (SELECT network_info FROM servers WHERE id = ${server}) WHERE id = ${gone}`),
    expected: () => ({ subject: gone, evidence: { hasEnd: true, portsListed: 1, placedOn: null, taskState: null } }),
    left: async () => expect((await cloud.server(gone)).networkInfo).toEqual([]),
  },
  {
    invariant: 'placements-match-servers',
    plant: () => releasePlacements(cloud.db, asId(server)),
    expected: () => ({ subject: server, evidence: { host, placedOn: null, allocated: null, size: '1 DISK_GB, 512 MEMORY_MB, 1 VCPU' } }),
    left: async () => expect(await placements()).toEqual([{ host, role: 'current' }]),
  },
  {
    invariant: 'placements-match-servers',
    plant: () => run(sql`UPDATE servers SET host = NULL, node = NULL WHERE id = ${server}`),
    expected: () => ({ subject: server, evidence: { host: null, placedOn: host } }),
    left: async () => expect(await cloud.server(server)).toMatchObject({ vmState: 'active', host, node: host }),
  },
  {
    invariant: 'moves-are-held',
    plant: () => plantPlacement(cloud.db, { serverId: server, host: other(), role: 'incoming', workflowId: 'lost' }),
    expected: () => ({
      subject: `${server} on ${other()}`,
      evidence: { role: 'incoming', serverIsOn: host, workflowId: 'lost', workflow: null },
    }),
    left: async () => expect(await placements()).toEqual([{ host, role: 'current' }]),
  },
  {
    invariant: 'deleted-servers-hold-nothing',
    plant: () => plantPlacement(cloud.db, { serverId: gone, host: 'host-2', role: 'outgoing', workflowId: 'lost' }),
    expected: () => ({ subject: gone, evidence: { placedOn: 'host-2' } }),
    left: async () => expect(await placements()).toEqual([{ host, role: 'current' }]),
  },
  {
    invariant: 'ports-have-servers',
    plant: () =>
      run(sql`WITH port AS (
          INSERT INTO ports (id, project_id, network_id, mac_address, server_id, made_for_server)
          SELECT ${NOBODY}, project_id, network_id, 'fa:16:3e:00:00:01', ${gone}, true FROM ports WHERE id = ${port} RETURNING id)
        SELECT FROM port`).then(async () => {
        await run(sql`INSERT INTO port_bindings (port_id, host) VALUES (${NOBODY}, 'host-1')`);
        await run(sql`INSERT INTO ip_allocations (subnet_id, ip_address, port_id) SELECT id, '10.9.7.7', ${NOBODY} FROM subnets`);
      }),
    expected: () => ({ subject: NOBODY, evidence: { serverId: gone, serverState: 'deleted', host: 'host-1', addresses: '10.9.7.7' } }),
    left: async () => expect(await cloud.db.selectFrom('ports').select('id').execute()).toEqual([{ id: port }]),
  },
  {
    invariant: 'ports-follow-servers',
    plant: () => run(sql`UPDATE port_bindings SET host = 'host-9' WHERE port_id = ${port}`),
    expected: () => ({ subject: server, evidence: { host, ports: `${port} on host-9` } }),
  },
  {
    invariant: 'addresses-have-ports',
    plant: () =>
      cloud.db.transaction().execute(async (trx) => {
        await sql`SET LOCAL session_replication_role = replica`.execute(trx);
        await sql`INSERT INTO ip_allocations (subnet_id, ip_address, port_id) SELECT id, '10.9.8.8', ${NOBODY} FROM subnets`.execute(trx);
      }),
    expected: () => ({ subject: expect.stringContaining('10.9.8.8'), evidence: { address: '10.9.8.8', portId: NOBODY } }),
  },
  {
    invariant: 'floating-ips-are-reached',
    plant: () =>
      cloud.db.transaction().execute(async (trx) => {
        await sql`SET LOCAL session_replication_role = replica`.execute(trx);
        await sql`
          INSERT INTO floating_ips (id, project_id, network_id, address, own_port_id)
          SELECT ${NOBODY}, 'p', id, '172.24.4.9', ${NOBODY} FROM networks LIMIT 1`.execute(trx);
        await sql`
          INSERT INTO floating_ip_targets (floating_ip_id, network_id, port_id, subnet_id, fixed_ip, router_id)
          SELECT ${NOBODY}, network_id, ${NOBODY}, id, '10.9.8.9', ${NOBODY} FROM subnets LIMIT 1`.execute(trx);
      }),
    expected: () => ({ subject: NOBODY, evidence: { address: '172.24.4.9', routerId: NOBODY, portId: NOBODY } }),
    left: async () => void (await run(sql`DELETE FROM floating_ips`)),
  },
  {
    invariant: 'forwarded-ports-are-reached',
    plant: () =>
      cloud.db.transaction().execute(async (trx) => {
        await sql`SET LOCAL session_replication_role = replica`.execute(trx);
        await sql`
          INSERT INTO floating_ips (id, project_id, network_id, address, own_port_id)
          SELECT ${NOBODY}, 'p', id, '172.24.4.9', ${NOBODY} FROM networks LIMIT 1`.execute(trx);
        await sql`
          INSERT INTO port_forwardings (id, floating_ip_id, protocol, external_port, port_id, subnet_id, fixed_ip, internal_port, router_id)
          SELECT ${NOBODY}, ${NOBODY}, 'tcp', 80, ${NOBODY}, id, '10.9.8.9', 8080, ${NOBODY} FROM subnets LIMIT 1`.execute(trx);
      }),
    expected: () => ({ subject: NOBODY, evidence: { address: '172.24.4.9', routerId: NOBODY, portId: NOBODY } }),
    left: async () => void (await run(sql`DELETE FROM floating_ips`)),
  },
  {
    invariant: 'shared-objects-exist',
    plant: () =>
      run(sql`
        INSERT INTO rbac_policies (id, project_id, object_type, object_id, action, target_project)
        VALUES (${NOBODY}, 'p', 'subnetpool', ${NOBODY}, 'access_as_shared', '*')`),
    expected: () => ({ subject: NOBODY, evidence: { objectType: 'subnetpool', objectId: NOBODY } }),
  },
  {
    invariant: 'servers-show-their-addresses',
    plant: () => run(sql`UPDATE servers SET network_info = '[]' WHERE id = ${server}`),
    expected: () => ({ subject: server, evidence: { shown: null, held: expect.stringMatching(`^10\\.9\\..* of port ${port}$`) } }),
    // The network service sends the addresses again.
    afterwards: async () => {
      const { db, bus } = cloud;
      await tellUntold({ db, ids: systemIds, log: silentLog, conductor: clientOf(conductorRpc, bus) })();
      expect((await cloud.server(server)).networkInfo).toMatchObject([{ portId: port }]);
    },
  },
  {
    invariant: 'idempotency-keys-are-forgotten',
    plant: () =>
      run(sql`INSERT INTO idempotency_keys (project_id, key, fingerprint, created_at) VALUES ('p', 'k', 'f', now() - interval '2 days')`),
    expected: () => ({ subject: 'idempotency_keys', evidence: { keys: 1 } }),
  },
  {
    invariant: 'keypairs.user_id',
    plant: async () => {
      await run(sql`INSERT INTO domains (id, name) VALUES ('d', 'd') ON CONFLICT DO NOTHING`);
      await run(sql`INSERT INTO users (id, domain_id, name) VALUES ('u', 'd', 'u') ON CONFLICT DO NOTHING`);
      await run(sql`INSERT INTO keypairs (user_id, name, type, fingerprint, public_key) VALUES ('nobody', 'k', 'ssh', 'f', 'p')`);
    },
    expected: () => ({ subject: 'nobody', evidence: { table: 'keypairs', column: 'user_id', rows: 1 } }),
  },
  {
    invariant: 'users.default_project_id',
    plant: () => run(sql`UPDATE users SET default_project_id = 'nothing' WHERE id = 'u'`),
    expected: () => ({ subject: 'nothing', evidence: { table: 'users', rows: 1 } }),
    left: async () =>
      expect(await cloud.db.selectFrom('users').select(['id', 'default_project_id']).execute()).toEqual([
        { id: 'u', default_project_id: null },
      ]),
  },
  {
    invariant: 'flavor_projects.project_id',
    plant: async () => {
      await run(sql`INSERT INTO flavors (id, name, vcpus, ram_mb, root_gb, ephemeral_gb, swap_mb, rxtx_factor, is_public, disabled, extra_specs)
        VALUES ('f', 'f', 1, 1, 1, 0, 0, 1, false, false, '{}')`);
      await run(sql`INSERT INTO flavor_projects (flavor_id, project_id) VALUES ('f', 'nothing')`);
    },
    expected: () => ({ subject: 'nothing', evidence: { table: 'flavor_projects', rows: 1 } }),
  },
  {
    // Comes last: it leaves the server in error.
    invariant: 'running-servers-have-hosts',
    plant: async () => {
      await releasePlacements(cloud.db, asId(server));
      await run(sql`UPDATE servers SET host = NULL WHERE id = ${server}`);
    },
    expected: () => ({ subject: server, evidence: { vmState: 'active' } }),
    also: ['guests-have-servers'],
    left: async () =>
      expect(await cloud.server(server)).toMatchObject({ vmState: 'error', fault: { message: 'The server has lost its host.' } }),
    // --repair cannot destroy the guest, the host does.
    afterwards: () => cloud.host(host).reconcile(),
  },
];

test.each(plants)('$invariant: a breach is found with its evidence, and repaired', async (plant) => {
  expect(await brokenNow(cloud)).toEqual({});
  await plant.plant();
  const verdict = await verifyBooks(booksOf(cloud));
  const { subject, evidence } = plant.expected();
  const broken = brokenIn(verdict);
  expect(Object.keys(broken).sort()).toEqual([plant.invariant, ...(plant.also ?? [])].sort());
  expect(broken[plant.invariant]).toEqual([{ subject, evidence: expect.objectContaining(evidence) }]);
  const repaired = await repairBooks(booksOf(cloud), verdict, bySelf);
  expect(repaired).toEqual([{ invariant: plant.invariant, subject, outcome: 'repaired' }]);
  await plant.left?.();
  await plant.afterwards?.();
  expect(await brokenNow(cloud)).toEqual({});
});

test('every row invariant with a repair, except for similar references, has a case here', () => {
  const planted = new Set(plants.map(({ invariant }) => invariant));
  const missing = rowInvariants.filter(({ name, repair }) => repair && !name.includes('.') && !planted.has(name));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
