/** The tokens of consoles, known by their hashes only. */
import { createHash } from 'node:crypto';
import type { ConsoleGrant } from '../../../objects/console.ts';
import { asId, type HostName, type ServerId } from '../../../objects/ids.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

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
    })
    .execute();
}

/** What a token was given out for; undefined when it is unknown, expired or revoked. */
export async function findConsoleGrant(
  db: CellDb,
  token: string,
  now: Date,
): Promise<(ConsoleGrant & { readonly serverName: string }) | undefined> {
  const row = await db
    .selectFrom('console_tokens')
    .innerJoin('servers', 'servers.id', 'console_tokens.server_id')
    .select(['console_tokens.server_id', 'console_tokens.host', 'console_type', 'base_url', 'expires_at', 'servers.name'])
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
    }
  );
}
