/** Other things that clients create and delete: images with data, ports, security groups, keypairs. */
import { pick } from '../support/schema-samples.ts';
import { isDeleted, type PromisedThing } from './ledger.ts';
import { askFor, type Session } from './session.ts';

/** Creates or deletes one thing. */
export interface ThingOperation {
  readonly name: string;
  readonly weight: number;
  run(session: Session): Promise<void>;
}

type Kind = PromisedThing['kind'];
type Service = 'compute' | 'image' | 'network';

/** The API of each kind, and what may prevent its deletion. */
const places: Readonly<Record<Kind, { service: Service; path: string; mayRefuse: readonly number[] }>> = {
  port: { service: 'network', path: '/v2.0/ports', mayRefuse: [404, 409] },
  group: { service: 'network', path: '/v2.0/security-groups', mayRefuse: [404, 409] },
  image: { service: 'image', path: '/v2/images', mayRefuse: [404, 409] },
  keypair: { service: 'compute', path: '/v2.1/os-keypairs', mayRefuse: [] },
};

/** The path of one. */
export const pathOf = ({ kind, id }: PromisedThing): string => `${places[kind].path}/${id}`;
export const serviceOf = ({ kind }: PromisedThing): Service => places[kind].service;

const note = ({ ledger, tenant }: Session, thing: Pick<PromisedThing, 'kind' | 'id' | 'hasData'>): void =>
  void ledger.things.push({ ...thing, tenant: tenant.name, isDeleted: false });

/** These APIs take no idempotency key, so a creation with a lost answer is not repeated. */
const make = (session: Session, kind: Kind, body: unknown) =>
  askFor(session, `create ${kind}`, { ...places[kind], method: 'POST', body, once: kind !== 'keypair', mayRefuse: [] });

const makers: Readonly<Record<Kind, (session: Session) => Promise<void>>> = {
  port: async (session) => {
    const answer = await make(session, 'port', { port: { name: session.name('port'), network_id: session.tenant.networkId } });
    if (answer) note(session, { kind: 'port', id: answer.body.port.id });
  },
  group: async (session) => {
    const answer = await make(session, 'group', { security_group: { name: session.name('group') } });
    if (answer) note(session, { kind: 'group', id: answer.body.security_group.id });
  },
  keypair: async (session) => {
    const name = session.name('key');
    // Newer versions only import keypairs.
    const answer = await make(session, 'keypair', { keypair: { name, public_key: PUBLIC_KEY } });
    if (answer) note(session, { kind: 'keypair', id: name });
  },
  image: async (session) => {
    const name = session.name('image');
    const answer = await make(session, 'image', { name, disk_format: 'raw', container_format: 'bare' });
    if (!answer) return;
    const { id } = answer.body;
    const data = name.repeat(2_000);
    const path = `${places.image.path}/${id}/file`;
    const taken = await askFor(session, 'upload image', { service: 'image', method: 'PUT', path, body: data, once: true, mayRefuse: [] });
    note(session, { kind: 'image', id, hasData: taken ? true : undefined });
  },
};

/** Maximum number of unused things of each kind per project: a long run would use up the network's addresses. */
const MOST = 20;

const unused = ({ ledger, tenant }: Session, kind: Kind): PromisedThing[] => {
  const given = new Set([...ledger.servers.values()].flatMap((server) => (isDeleted(server) ? [] : server.ports)));
  return ledger.things.filter((thing) => thing.kind === kind && thing.tenant === tenant.name && !thing.isDeleted && !given.has(thing.id));
};

const remove =
  (kind: Kind): ThingOperation['run'] =>
  async (session) => {
    const { ledger, chance } = session;
    const mine = unused(session, kind);
    if (mine.length === 0) return;
    const thing = pick(mine, chance);
    // Another client of the project must not use it meanwhile.
    thing.isDeleted = true;
    const { mayRefuse } = places[kind];
    const { answer } = await session.client.ask(serviceOf(thing), 'DELETE', pathOf(thing));
    if (answer.status < 300 || answer.status === 404) {
      ledger.countAccepted(`delete ${kind}`);
      return;
    }
    ledger.countRefused(`delete ${kind}`, String(answer.status));
    thing.isDeleted = false;
    if (!mayRefuse.includes(answer.status)) ledger.surprises.push(`delete ${kind} ${thing.id} was answered ${answer.status}`);
  };

/** Creates one, or deletes one if there are many. */
const makeOrRemove =
  (kind: Kind): ThingOperation['run'] =>
  (session) =>
    unused(session, kind).length < MOST ? makers[kind](session) : remove(kind)(session);

// The names are the keys of this table.
export const thingOperations: readonly ThingOperation[] = (Object.keys(makers) as Kind[]).flatMap((kind) => [
  { name: `create ${kind}`, weight: 3, run: makeOrRemove(kind) },
  { name: `delete ${kind}`, weight: 2, run: remove(kind) },
]);

/** A public key whose private key nobody has. */
export const PUBLIC_KEY = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} chaos`;
