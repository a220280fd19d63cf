/** Administrates a cloud at random for a while, and says what is wrong with it afterwards. */
import { seededIds } from '../../src/lib/clock/ids.ts';
import type { Cloud } from '../support/cloud.ts';
import { verifyCloud } from '../support/verify-cloud.ts';
import { actions, type Estate, type Thing } from './estate.ts';

export interface Administration {
  /** How many requests were made, by their statuses. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Answers that a cloud must not give, breaches of the books, and log lines of level error. */
  readonly faults: readonly string[];
}

interface Options {
  readonly seed: number;
  /** Whether to go on, asked before each request. */
  readonly goesOn: (requests: number) => boolean;
}

const LEVEL_ERROR = 50;

/** Requests that are refused are as welcome as others: what is deleted is often still in use, or gone. */
export async function administrate(cloud: Cloud, { seed, goesOn }: Options): Promise<Administration> {
  const admin = await cloud.admin();
  const chance = seededIds(seed);
  const things: Thing[] = [];
  const estate: Estate = {
    chance,
    name: (what) => `${what}-${chance.hex(4)}`,
    any: (kind) => {
      const known = things.filter((thing) => thing.kind === kind);
      return known[chance.below(Math.max(1, known.length))]?.id;
    },
  };
  const [statuses, faults]: [Map<number, number>, string[]] = [new Map(), []];
  for (let requests = 0; goesOn(requests); requests += 1) {
    const request = actions[chance.below(actions.length)]?.(estate);
    if (!request) continue;
    const { service, method, path, body, makes, deletes } = request;
    const answer = await admin.ask(service, method, path, body);
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    if (answer.status >= 500) faults.push(`${method} ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    if (makes && answer.status < 300) things.push({ kind: makes.kind, id: makes.idIn(answer.body) });
    // A thing whose deletion was refused may go with another one; it is then not found, and forgotten here, too.
    if (deletes && (answer.status < 300 || answer.status === 404))
      things.splice(
        things.findIndex(({ kind, id }) => kind === deletes.kind && id === deletes.id),
        1,
      );
  }
  const { breaches } = await verifyCloud(cloud);
  return { statuses, faults: [...faults, ...breaches, ...errorsIn(cloud.logs())] };
}

/** The lines of level error in the logs of a cloud. */
function errorsIn(logs: string): readonly string[] {
  return logs.split('\n').filter((line) => {
    const level = /"level":(\d+)/.exec(line)?.[1];
    return level !== undefined && Number(level) >= LEVEL_ERROR;
  });
}
