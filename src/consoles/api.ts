import type { ComputeRpcApi } from '../compute/rpcapi.ts';
import { change } from '../db/change.ts';
import type { CellDb } from '../db/sql/queries.ts';
import { findConsoleGrant, insertConsoleToken } from '../db/stores/servers/console-tokens.ts';
import { lockServer } from '../db/stores/servers/servers.ts';
import type { Clock } from '../lib/clock/clock.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import { errorType, NovaError } from '../lib/errors/error-type.ts';
import { type ConsoleType, consoleTypes, type OpenedConsole } from '../objects/console.ts';
import type { HostName, ServerId } from '../objects/ids.ts';
import { consoleUrl } from './console-url.ts';

export interface ConsoleOptions {
  /** Where the viewers of each type are sent; a type without an address is turned off. */
  readonly baseUrls: Readonly<Partial<Record<ConsoleType, string>>>;
  /** How long a token is good for (`[consoleauth]token_ttl`). */
  readonly tokenTtlMs: number;
}

export interface ConsoleDeps {
  readonly db: CellDb;
  readonly compute: Pick<ComputeRpcApi, 'openConsole'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly options: ConsoleOptions;
}

/** The server has left its host since the caller looked. */
const ServerHasMoved = errorType('ServerHasMoved', 'conflict', (p: { id: string }) => `Instance ${p.id} is on another host now`);

/** The guest that runs now, as the caller has found it. */
export interface RunningServer {
  readonly id: ServerId;
  readonly host: HostName;
}

/** Gives out tokens for consoles and opens the consoles behind them. The database keeps a token's hash, its host the key to the guest. */
export class ConsoleAuth {
  readonly #deps: ConsoleDeps;

  constructor(deps: ConsoleDeps) {
    this.#deps = deps;
  }

  /**
   * The address of a console of the server, good for as long as the token in it. Fails if the guest has no such console now; undefined where
   * this type is turned off.
   */
  async authorize(ctx: Context, { id, host }: RunningServer, type: ConsoleType): Promise<string | undefined> {
    const { db, compute, clock, ids, options } = this.#deps;
    const baseUrl = options.baseUrls[type];
    if (baseUrl === undefined) return undefined;
    await compute.openConsole(ctx, { host, serverId: id, kind: consoleTypes[type] });
    const token = ids.uuid();
    const now = clock.now();
    const expiresAt = new Date(now.getTime() + options.tokenTtlMs);
    // Named after itself: a retried request gets a token of its own, because nobody knows the first one any more.
    await change(ctx, { db, what: `console.authorize ${ids.uuid()}` }, async ({ trx }) => {
      if ((await lockServer(trx, id))?.host !== host) throw ServerHasMoved({ id });
      await insertConsoleToken(trx, token, { serverId: id, host, type, baseUrl, expiresAt, now });
    });
    return consoleUrl(type, baseUrl, token);
  }

  /** Opens the console behind a token; undefined if the token is unknown, expired or revoked, or the guest is gone. */
  async open(ctx: Context, token: string): Promise<OpenedConsole | undefined> {
    const { db, compute, clock } = this.#deps;
    const grant = await findConsoleGrant(db, token, clock.now());
    if (!grant) return undefined;
    const { serverId, serverName, host, type, expiresAt, baseUrl } = grant;
    try {
      const door = await compute.openConsole(ctx, { host, serverId, kind: consoleTypes[type] });
      return { serverId, serverName, type, expiresAt: expiresAt.toISOString(), baseUrl, door };
    } catch (error) {
      if (isWithoutConsole(error)) return undefined;
      throw error;
    }
  }
}

/** The host has answered that the guest is not there, does not run, or has no such console. */
const isWithoutConsole = (error: unknown): boolean =>
  error instanceof NovaError && ['not-found', 'conflict', 'invalid', 'not-implemented'].includes(error.kind);
