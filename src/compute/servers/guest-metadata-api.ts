import type { CellDb } from '../../db/sql/queries.ts';
import { findServer } from '../../db/stores/servers/cached-servers.ts';
import { type GuestMetadata, guestMetadataOf, type MetadataOptions } from '../../objects/guest-metadata/guest-metadata.ts';
import { isUuid } from '../../objects/ids.ts';

/** A guest's identity according to the host's proxy: its server, and the project that the server must belong to. */
export interface Guest {
  readonly serverId: string;
  readonly projectId: string;
}

export interface MetadataApiDeps extends MetadataOptions {
  readonly db: CellDb;
}

/** Servers as their own guests see them. Reads only the database, so that guests get metadata while hosts and queue are busy. */
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
}
