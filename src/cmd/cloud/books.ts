/** What the database is compared with: the hypervisors that this program can ask, and the image files that it can see. */
import { type AskHost, guestInvariants, listGuests } from '../../books/guests.ts';
import { type ImageFiles, imageInvariants } from '../../books/images.ts';
import { type ObjectFiles, objectInvariants } from '../../books/objects.ts';
import type { BooksDeps, Surroundings } from '../../books/verify.ts';
import { computeRpc } from '../../compute/rpcapi.ts';
import type { OpenDatabase } from '../../db/connect/open.ts';
import { untilAborted } from '../../lib/clock/until-aborted.ts';
import { keepsData } from '../../db/stores/objectstore/object-data.ts';
import { listServices } from '../../db/stores/hosts/services.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { Bus } from '../../lib/rpc/bus.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import type { Runtime } from './runtime.ts';
import { openServiceGroup } from './shared.ts';

/** What this program can access, or the reason why it cannot. */
export interface AtHand {
  readonly bus: Bus | { readonly missing: string };
  readonly images: ImageFiles | { readonly missing: string };
  readonly objects: ObjectFiles | { readonly missing: string };
}

/** The books of the cloud, for any number of checks. */
export const openBooks = (runtime: Runtime, { db }: Pick<OpenDatabase, 'db'>, atHand: AtHand): BooksDeps => ({
  db,
  clock: runtime.clock,
  surroundings: async () => {
    const parts = [await lookAtHosts(runtime, db, atHand.bus), await lookAtImages(atHand.images), await lookAtObjects(db, atHand.objects)];
    return {
      invariants: parts.flatMap(({ invariants }) => invariants),
      notChecked: parts.flatMap(({ notChecked }) => notChecked),
      silent: parts.flatMap(({ silent }) => silent),
    };
  },
});

async function lookAtHosts(runtime: Runtime, db: BooksDeps['db'], bus: AtHand['bus']): Promise<Surroundings> {
  const { ids, life } = runtime;
  if ('missing' in bus) return { invariants: [], notChecked: [`guests on hypervisors: ${bus.missing}`], silent: [] };
  const group = await openServiceGroup({ db }, runtime);
  const hosts = await group.judge((await listServices(db)).filter(({ binary }) => binary === 'nova-compute'));
  const compute = clientOf(computeRpc, bus);
  const ctx = serviceContext(`req-${ids.uuid()}`);
  // A stopping program must not wait for a host that does not answer.
  const ask: AskHost = async (host) => (await untilAborted(life.signal, compute.listGuests(ctx, { host }))).map(({ serverId }) => serverId);
  const lists = await listGuests(
    hosts.filter(({ isUp }) => isUp).map(({ host }) => host),
    ask,
  );
  return {
    invariants: guestInvariants(lists, ask),
    notChecked: hosts.filter(({ isUp }) => !isUp).map(({ host }) => `guests on ${host}: its compute service is down`),
    silent: lists.silent.map((host) => `${host} counts as up and does not say which guests it has`),
  };
}

async function lookAtImages(images: AtHand['images']): Promise<Surroundings> {
  if ('missing' in images) return { invariants: [], notChecked: [`files of images: ${images.missing}`], silent: [] };
  return { invariants: imageInvariants(images, await images.ids()), notChecked: [], silent: [] };
}

async function lookAtObjects(db: BooksDeps['db'], objects: AtHand['objects']): Promise<Surroundings> {
  // A cloud that keeps no objects has no directory of them anywhere.
  if ('missing' in objects && !(await keepsData(db))) return { invariants: [], notChecked: [], silent: [] };
  if ('missing' in objects) return { invariants: [], notChecked: [`files of objects: ${objects.missing}`], silent: [] };
  return { invariants: objectInvariants(db, objects), notChecked: [], silent: [] };
}
