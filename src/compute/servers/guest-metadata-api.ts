import { change } from '../../db/change.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import { findServer } from '../../db/stores/servers/cached-servers.ts';
import { guestPasswordOf } from '../../db/stores/servers/guest-password.ts';
import { changeServer, lockServer } from '../../db/stores/servers/servers.ts';
import { serverChange } from '../../events/servers.ts';
import type { Context } from '../../lib/context/context.ts';
import { type GuestMetadata, guestMetadataOf, type MetadataOptions } from '../../objects/guest-metadata/guest-metadata.ts';
import { isUuid, type ServerId } from '../../objects/ids.ts';
import { PasswordAlreadyPosted, PostedPasswordUnfit, ServerNotFound } from './errors.ts';

/** A guest's identity according to the host's proxy: its server, and the project that the server must belong to. */
export interface Guest {
  readonly serverId: string;
  readonly projectId: string;
}

export interface MetadataApiDeps extends MetadataOptions {
  readonly db: CellDb;
}

/** The longest password that a guest may post, in bytes: an RSA key of 4096 bits encrypts to less. */
export const MAX_POSTED_BYTES = 1_020;

/** Servers as their own guests see them. It uses only the database, so that guests get metadata while hosts and queue are busy. */
export class MetadataApi {
  readonly #deps: MetadataApiDeps;

  constructor(deps: MetadataApiDeps) {
    this.#deps = deps;
  }

  /** A guest's metadata; undefined if its server is unknown, deleted or of another project. */
  async find({ serverId, projectId }: Guest): Promise<GuestMetadata | undefined> {
    const server = isUuid(serverId) ? await findServer(this.#deps.db, serverId) : undefined;
    if (!server || server.projectId !== projectId || server.vmState === 'deleted') return undefined;
    return guestMetadataOf(server, this.#deps);
  }

  /** The password that the guest has posted; empty before. */
  async password(id: ServerId): Promise<string> {
    return (await guestPasswordOf(this.#deps.db, id)) ?? '';
  }

  /** Keeps the password that a guest has chosen, encrypted for its owner. It may do so once, until its owner clears the password. */
  async postPassword({ id, projectId }: Pick<GuestMetadata, 'id' | 'projectId'>, posted: Buffer, requestId: string): Promise<void> {
    const password = textOf(posted);
    // A guest is no user.
    const ctx: Context = { requestId, userId: null, projectId, roles: [], isAdmin: false };
    await change(ctx, { db: this.#deps.db, what: `server.postPassword ${id}` }, async ({ trx, tell }) => {
      const server = await lockServer(trx, id);
      if (!server || server.vmState === 'deleted') throw ServerNotFound({ id });
      if ((await guestPasswordOf(trx, id)) !== undefined) throw PasswordAlreadyPosted({});
      tell(serverChange('postPassword')(await changeServer(trx, id, { guest_password: password })));
    });
  }
}

/** The database holds text only, and no zero characters. */
function textOf(posted: Buffer): string {
  const text = posted.toString('utf8');
  const fits = posted.length > 0 && posted.length <= MAX_POSTED_BYTES && !text.includes('\0') && Buffer.from(text).equals(posted);
  if (!fits) throw PostedPasswordUnfit({ maxBytes: MAX_POSTED_BYTES });
  return text;
}
