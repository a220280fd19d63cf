/** The tokens of consoles and the secrets of their viewers, known by their hashes only. */
import { createHash } from 'node:crypto';
import type { ConsoleGrant } from '../../../objects/console.ts';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A viewer without a secret cannot prove later that it was the one: no secret has this hash. */
const hashOfViewer = (secret: string | undefined): string => (secret === undefined ? '' : hashOf(secret));

/** Records a token; the server's row is locked, so that it does not move meanwhile. Expired tokens of all servers are forgotten. */
export async function insertConsoleToken(
  trx: InCell,
  token: string,
  { now, ...grant }: ConsoleGrant & { readonly now: Date },
): Promise<void> {
  await trx.deleteFrom('console_tokens').where('expires_at', '<=', now).execute();
  await trx
    .insertInto('console_tokens')
    .values({
      token_hash: hashOf(token),
      server_id: grant.serverId,
      host: grant.host,
      console_type: grant.type,
      base_url: grant.baseUrl,
      expires_at: grant.expiresAt,
      view_only: grant.isViewOnly,
    })
    .execute();
}

/** Whose a token is: nobody's yet, everybody's (a link to look only), the asking viewer's, or that of another one. */
export type TokenHolder = 'nobody' | 'everybody' | 'viewer' | 'another';

export type FoundGrant = ConsoleGrant & { readonly serverName: string; readonly holder: TokenHolder };

/** What a token was given out for; undefined when it is unknown, expired or revoked. */
export async function findConsoleGrant(
  db: CellDb | InCell,
  token: string,
  { secret, now }: { readonly secret: string | undefined; readonly now: Date },
): Promise<FoundGrant | undefined> {
  const row = await db
    .selectFrom('console_tokens')
    .innerJoin('servers', 'servers.id', 'console_tokens.server_id')
    .select(['console_tokens.server_id', 'console_tokens.host', 'console_type', 'base_url', 'expires_at', 'viewer_hash', 'view_only'])
    .select('servers.name')
    .where('token_hash', '=', hashOf(token))
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return (
    row && {
      serverId: asId<ServerId>(row.server_id),
      serverName: row.name,
      host: asId<HostName>(row.host),
      type: row.console_type,
      expiresAt: row.expires_at,
      baseUrl: row.base_url,
      isViewOnly: row.view_only,
      holder: row.view_only ? 'everybody' : holderOf(row.viewer_hash, secret),
    }
  );
}

function holderOf(hash: string | null, secret: string | undefined): TokenHolder {
  if (hash === null) return 'nobody';
  return secret !== undefined && hash === hashOf(secret) ? 'viewer' : 'another';
}

/** Gives a token that nobody has used yet to a viewer; false if another one was faster. */
export async function takeConsoleToken(trx: InCell, token: string, secret: string | undefined): Promise<boolean> {
  const taken = await trx
    .updateTable('console_tokens')
    .set({ viewer_hash: hashOfViewer(secret) })
    .where('token_hash', '=', hashOf(token))
    .where('viewer_hash', 'is', null)
    .returning('token_hash')
    .executeTakeFirst();
  return taken !== undefined;
}

/** Lets the token of a viewer last longer; false if it is not the viewer's, or not good any more. */
export async function prolongConsoleToken(
  trx: InCell,
  token: string,
  { secret, now, until }: { readonly secret: string; readonly now: Date; readonly until: Date },
): Promise<boolean> {
  const prolonged = await trx
    .updateTable('console_tokens')
    .set({ expires_at: until })
    .where('token_hash', '=', hashOf(token))
    .where('viewer_hash', '=', hashOf(secret))
    .where('expires_at', '>', now)
    .returning('token_hash')
    .executeTakeFirst();
  return prolonged !== undefined;
}
