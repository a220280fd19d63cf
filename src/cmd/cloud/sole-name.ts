// A service that owns things under its name runs once under that name: a second one is refused while the first is there.
import type { Kysely } from 'kysely';
import type { Database } from '../../db/schema/index.ts';
import { holderOfName, leaveName, type NameHolder, type ServiceName, takeName } from '../../db/stores/hosts/service-names.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import { errorType, messageOf } from '../../lib/errors/error-type.ts';
import { isOutage } from '../../lib/errors/outage.ts';
import type { Shared } from './shared.ts';

// Shown at start, to an operator, so it may name addresses.
const NameTaken = errorType(
  'NameTaken',
  'conflict',
  ({ binary, host, holder }: ServiceName & { holder: NameHolder | undefined }) =>
    `another ${binary} runs with NOVA_HOST=${host}${holder ? `, ${whereOf(holder)}` : ''}: each needs a NOVA_HOST of its own`,
);

const whereOf = ({ address, ageSeconds }: NameHolder): string =>
  `connected from ${address ?? "the database's machine"} for ${Math.round(ageSeconds)} seconds`;

/** How long to wait for the session of a process that has just died to end. */
const PATIENCE_MS = 5_000;
const ASK_EVERY_MS = 200;
/** How often to make sure that the session still exists, and to take the name again if it does not. */
const CHECK_EVERY_MS = 5_000;

type Deps = Pick<Shared, 'db'> & { readonly runtime: Pick<Shared['runtime'], 'clock' | 'log' | 'life'> };

/** Takes a name and keeps it until the program ends; refused while another program has it. Takes one connection. */
export async function keepSoleName({ db, runtime: { clock, log, life } }: Deps, name: ServiceName): Promise<void> {
  const over = new AbortController();
  const sleep = (ms: number) => clock.sleep(ms, over.signal).catch(() => {});
  const first = Promise.withResolvers<void>();
  let isTaken = false;
  const keep = async (): Promise<void> => {
    while (!over.signal.aborted) {
      try {
        await db.connection().execute(async (session) => {
          await takeSoon(session, name, clock);
          isTaken = true;
          first.resolve();
          await holdUntil(over.signal, session, { name, sleep });
        });
      } catch (error) {
        if (!isTaken) return first.reject(error);
        // An outage of the database ends the session of everybody; that somebody else has the name is a mistake in the configuration.
        log[isOutage(error) ? 'warn' : 'error']({ err: messageOf(error), ...name }, 'the name of a service was lost; taking it again');
        await sleep(CHECK_EVERY_MS);
      }
    }
  };
  const kept = keep();
  // Released after everything that works under the name has stopped.
  life.hold(`the name of ${name.binary}`, kept, (running) => {
    over.abort();
    return running;
  });
  await first.promise;
}

async function takeSoon(session: Kysely<Database>, name: ServiceName, clock: Clock): Promise<void> {
  const endMs = clock.monotonicMs() + PATIENCE_MS;
  while (!(await takeName(session, name))) {
    if (clock.monotonicMs() >= endMs) throw NameTaken({ ...name, holder: await holderOfName(session, name) });
    await clock.sleep(ASK_EVERY_MS);
  }
}

async function holdUntil(
  signal: AbortSignal,
  session: Kysely<Database>,
  { name, sleep }: { readonly name: ServiceName; readonly sleep: (ms: number) => Promise<void> },
): Promise<void> {
  while (!signal.aborted) {
    await sleep(CHECK_EVERY_MS);
    await holderOfName(session, name);
  }
  await leaveName(session, name);
}
