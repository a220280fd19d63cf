/** Gives out the addresses of consoles: each has a token of its own. */
import { change } from '../db/change.ts';
import type { CellDb } from '../db/sql/queries.ts';
import { insertConsoleToken } from '../db/stores/servers/console-tokens.ts';
import { lockServer } from '../db/stores/servers/servers.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import { errorType } from '../lib/errors/error-type.ts';
import type { ConsoleType } from '../objects/console.ts';
import type { HostName, ServerId } from '../objects/ids.ts';
import { consoleUrl } from './console-url.ts';

export interface ConsoleOptions {
  /** Where the viewers of each type are sent; a type without an address is turned off. */
  readonly baseUrls: Readonly<Partial<Record<ConsoleType, string>>>;
  /** How long a token is good for (`[consoleauth]token_ttl`). */
  readonly tokenTtlMs: number;
  /** How long a recording of a serial console may become (`[console]record_max_bytes`); 0 where none are made. */
  readonly recordingBytes: number;
}

/** What giving out needs. */
export interface GivingOut {
  readonly db: CellDb;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly options: ConsoleOptions;
}

/** The guest that runs now, as the caller has found it. */
export interface RunningServer {
  readonly id: ServerId;
  readonly host: HostName;
}

/** The server has left its host since the caller looked. */
const ServerHasMoved = errorType('ServerHasMoved', 'conflict', (p: { id: string }) => `Instance ${p.id} is on another host now`);

/** What an address is for. */
interface Given {
  readonly type: ConsoleType;
  readonly baseUrl: string;
  readonly isViewOnly: boolean;
}

/** An address with a new token. */
export async function giveOut(deps: GivingOut, ctx: Context, { id, host }: RunningServer, given: Given): Promise<string> {
  const { db, clock, ids, options } = deps;
  const token = ids.uuid();
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + options.tokenTtlMs);
  // Named after itself: a retried request gets a token of its own, because nobody knows the first one any more.
  await change(ctx, { db, what: `console.authorize ${ids.uuid()}` }, async ({ trx }) => {
    if ((await lockServer(trx, id))?.host !== host) throw ServerHasMoved({ id });
    await insertConsoleToken(trx, token, { serverId: id, host, ...given, expiresAt, now });
  });
  return consoleUrl(given.type, given.baseUrl, token);
}
