import type { ComputeRpcApi } from '../compute/rpcapi.ts';
import { change } from '../db/change.ts';
import { findConsoleGrant, type FoundGrant, prolongConsoleToken, takeConsoleToken } from '../db/stores/servers/console-tokens.ts';
import type { RecordedPart } from '../db/stores/servers/console-recordings.ts';
import type { Context } from '../lib/context/context.ts';
import { NovaError } from '../lib/errors/error-type.ts';
import { type ConsoleRefusal, type ConsoleType, consoleTypes, type OpenedConsole, sharedTypes } from '../objects/console.ts';
import { record, withRecording } from './recordings.ts';
import { type GivingOut, giveOut, type RunningServer } from './give-out.ts';

export interface ConsoleAuthDeps extends GivingOut {
  readonly compute: Pick<ComputeRpcApi, 'openConsole'>;
}

/** A token, and the secret by which its viewer is known again. */
export interface Ticket {
  readonly token: string;
  readonly secret?: string | undefined;
}

/** Gives out tokens for consoles and opens the consoles behind them. The database keeps a token's hash, its host the key to the guest. */
export class ConsoleAuth {
  readonly #deps: ConsoleAuthDeps;

  constructor(deps: ConsoleAuthDeps) {
    this.#deps = deps;
  }

  /**
   * The address of a console of the server, good for as long as the token in it. Fails if the guest has no such console now; undefined where
   * this type is turned off.
   */
  async authorize(ctx: Context, server: RunningServer, type: ConsoleType): Promise<string | undefined> {
    const baseUrl = this.#deps.options.baseUrls[type];
    if (baseUrl === undefined) return undefined;
    await this.#deps.compute.openConsole(ctx, { host: server.host, serverId: server.id, kind: consoleTypes[type] });
    return await giveOut(this.#deps, ctx, server, { type, baseUrl, isViewOnly: false });
  }

  /**
   * Opens the console behind a token, whoever has it; undefined if the token is unknown, expired or revoked, or the guest is gone. The same for a
   * link to look only: whoever asks is not told so, and would let its viewers type.
   */
  async lookUp(ctx: Context, token: string): Promise<OpenedConsole | undefined> {
    const grant = await this.#find({ token });
    return grant && !grant.isViewOnly ? await this.#openDoor(ctx, grant) : undefined;
  }

  /** Opens the console behind a token for a viewer. The first viewer keeps the token; a viewer with a secret may come again. */
  async open(ctx: Context, ticket: Ticket): Promise<OpenedConsole | ConsoleRefusal | undefined> {
    const grant = await this.#find(ticket);
    if (!grant) return undefined;
    if (grant.holder === 'another') return 'used';
    const opened = await this.#openDoor(ctx, grant);
    if (!opened) return 'away';
    if (grant.holder !== 'nobody') return await withRecording(this.#deps, ctx, opened);
    const { db, ids } = this.#deps;
    const isTaken = await change(ctx, { db, what: `console.take ${ids.uuid()}` }, ({ trx }) =>
      takeConsoleToken(trx, ticket.token, ticket.secret),
    );
    return isTaken ? await withRecording(this.#deps, ctx, opened) : 'used';
  }

  /** Lets the token of a viewer who is connected last for another lifetime; undefined if it is good for nothing any more. */
  async prolong(ctx: Context, { token, secret }: Required<Ticket>): Promise<Date | undefined> {
    const { db, clock, ids, options } = this.#deps;
    if (secret === undefined) return undefined;
    const now = clock.now();
    const until = new Date(now.getTime() + options.tokenTtlMs);
    const isGood = await change(ctx, { db, what: `console.prolong ${ids.uuid()}` }, ({ trx }) =>
      prolongConsoleToken(trx, token, { secret, now, until }),
    );
    return isGood ? until : undefined;
  }

  /** Keeps what a viewer saw; false if no more can be kept. */
  record(ctx: Context, part: RecordedPart): Promise<boolean> {
    return record(this.#deps, ctx, part);
  }

  /** An address for any number of people who may look at what a viewer sees; undefined if the console is not the viewer's to show. */
  async share(ctx: Context, ticket: Ticket): Promise<string | undefined> {
    const grant = await this.#find(ticket);
    if (grant?.holder !== 'viewer' || !sharedTypes.includes(grant.type)) return undefined;
    const { serverId: id, host, type, baseUrl } = grant;
    return await giveOut(this.#deps, ctx, { id, host }, { type, baseUrl, isViewOnly: true });
  }

  #find({ token, secret }: Ticket): Promise<FoundGrant | undefined> {
    const { db, clock } = this.#deps;
    return findConsoleGrant(db, token, { secret, now: clock.now() });
  }

  /** Undefined if the guest has no such console now. */
  async #openDoor(ctx: Context, grant: FoundGrant): Promise<OpenedConsole | undefined> {
    const { serverId, serverName, host, type, expiresAt, baseUrl, isViewOnly } = grant;
    try {
      const door = await this.#deps.compute.openConsole(ctx, { host, serverId, kind: consoleTypes[type] });
      return { serverId, serverName, type, expiresAt: expiresAt.toISOString(), baseUrl, door, isViewOnly };
    } catch (error) {
      if (isWithoutConsole(error)) return undefined;
      throw error;
    }
  }
}

/** The host has answered that the guest is not there, does not run, or has no such console. */
const isWithoutConsole = (error: unknown): boolean =>
  error instanceof NovaError && ['not-found', 'conflict', 'invalid', 'not-implemented'].includes(error.kind);
