/** Creates servers: one or several, with tags and metadata, with a keypair, on the client's own port. */
import { askFor, type Session } from './session.ts';
import { between } from './chance.ts';

/** A way to create servers. */
export interface CreateOperation {
  readonly name: string;
  /** The routes that it calls. */
  readonly covers: readonly string[];
  readonly weight: number;
  run(session: Session): Promise<void>;
}

const BOOT = 'POST /servers';
/** Creates a client's own port. */
const PORT = 'POST /v2.0/ports';

export const createOperations: readonly CreateOperation[] = [
  { name: 'create', covers: [BOOT], weight: 6, run: (session) => boot(session, 'create', {}) },
  {
    name: 'create with tags, metadata and keypair',
    covers: [BOOT],
    weight: 3,
    run: (session) => {
      const metadata = { made: session.name('by') };
      const tags = ['chaos', session.name('tag')];
      return boot(session, 'create with tags, metadata and keypair', { metadata, tags, key_name: session.tenant.keypair });
    },
  },
  { name: 'create several', covers: [BOOT], weight: 2, run: bootSeveral },
  { name: 'create on a port', covers: [BOOT, PORT], weight: 2, run: bootOnPort },
  {
    name: 'create from a volume',
    covers: [BOOT],
    weight: 2,
    // Beyond the quota of volumes it ends in error, and gives back what was made for it.
    run: (session) => boot(session, 'create from a volume', { imageRef: '', block_device_mapping_v2: volumesOf(session.tenant.imageId) }),
  },
];

type Wanted = Readonly<Record<string, unknown>> & {
  readonly metadata?: Record<string, string>;
  readonly tags?: readonly string[];
};

const bodyOf = ({ tenant }: Session, name: string, wanted: Wanted) => ({
  server: { name, imageRef: tenant.imageId, flavorRef: tenant.flavorId, networks: [{ uuid: tenant.networkId }], ...wanted },
});

/** A volume made of an image to boot from, and an empty one; both go with the server. */
const volumesOf = (imageId: string): readonly object[] => {
  const made = { destination_type: 'volume', volume_size: 1, delete_on_termination: true };
  return [
    { ...made, source_type: 'image', uuid: imageId, boot_index: 0 },
    { ...made, source_type: 'blank' },
  ];
};

async function boot(session: Session, operation: string, wanted: Wanted, ports: readonly string[] = []): Promise<void> {
  const name = session.name('server');
  const answer = await askFor(session, operation, {
    service: 'compute',
    method: 'POST',
    path: '/v2.1/servers',
    body: bodyOf(session, name, wanted),
  });
  if (answer) promise(session, { id: answer.body.server.id, name }, wanted, ports);
}

/** Finds all of them by the reservation id in the answer. */
async function bootSeveral(session: Session): Promise<void> {
  const name = session.name('several');
  const count = between(2, 3, session.chance);
  const wanted = { min_count: count, max_count: count, return_reservation_id: true };
  const path = '/v2.1/servers';
  const answer = await askFor(session, 'create several', { service: 'compute', method: 'POST', path, body: bodyOf(session, name, wanted) });
  if (!answer) return;
  const reservation: string = answer.body.reservation_id;
  const { answer: list } = await session.client.ask('compute', 'GET', `${path}/detail?reservation_id=${reservation}`);
  const servers: { id: string; name: string }[] = list.body.servers ?? [];
  if (servers.length !== count)
    session.ledger.surprises.push(`create several: ${count} servers were promised under ${reservation}, there are ${servers.length}`);
  for (const server of servers) promise(session, server);
}

async function bootOnPort(session: Session): Promise<void> {
  const { tenant, ledger } = session;
  const port = { name: session.name('port'), network_id: tenant.networkId };
  const answer = await askFor(session, 'create port', {
    service: 'network',
    method: 'POST',
    path: '/v2.0/ports',
    body: { port },
    once: true,
  });
  if (!answer) return;
  const { id } = answer.body.port;
  await boot(session, 'create on a port', { networks: [{ port: id }] }, [id]);
  // Only now: another client may delete a port in the ledger that has no server.
  ledger.things.push({ kind: 'port', id, tenant: tenant.name, isDeleted: false });
}

function promise(
  session: Session,
  { id, name }: { readonly id: string; readonly name: string },
  { metadata = {}, tags = [] }: Wanted = {},
  ports: readonly string[] = [],
): void {
  session.ledger.servers.set(id, {
    id,
    tenant: session.tenant.name,
    client: session.number,
    acts: [{ action: 'create', promised: 'active' }],
    reset: null,
    stands: 'active',
    record: { name, description: null, metadata: { ...metadata }, tags: new Set(tags), isLocked: false },
    ports,
  });
}
