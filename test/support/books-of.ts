/** The books of a cloud in one process, checked as its conductor does. */
import { listGuests, guestInvariants, type AskHost } from '../../src/books/guests.ts';
import { type BooksDeps, type Verdict, verifyBooks } from '../../src/books/verify.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { type SimulatedCloud, someone } from './simulated-cloud.ts';

/** What the check needs: the cloud's database and hosts. */
export function booksOf(cloud: SimulatedCloud): BooksDeps {
  const ask: AskHost = async (host) => (await cloud.deps.compute.listGuests(someone(), { host })).map(({ serverId }) => serverId);
  const surroundings = async () => {
    const lists = await listGuests(
      cloud.hosts.map(({ name }) => name),
      ask,
    );
    return { invariants: guestInvariants(lists, ask), notChecked: [], silent: lists.silent };
  };
  return { db: cloud.db, clock: systemClock, surroundings };
}

/** The violated invariants, each with its evidence. */
export const brokenIn = ({ findings }: Verdict) =>
  Object.fromEntries(
    findings.flatMap(({ invariant, breaches }) =>
      breaches.length === 0 ? [] : [[invariant.name, breaches.map(({ subject, evidence }) => ({ subject, evidence }))]],
    ),
  );

/** The invariants violated now. */
export const brokenNow = async (cloud: SimulatedCloud) => brokenIn(await verifyBooks(booksOf(cloud)));
