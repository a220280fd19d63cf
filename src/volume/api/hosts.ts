import { savePools } from '../../db/stores/volume/pools.ts';
import { volumesOn } from '../../db/stores/volume/volumes.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { PoolReport, WantedExport } from '../../objects/volume-host.ts';
import type { ServiceGroup } from '../../servicegroup/api.ts';

interface Deps {
  readonly db: CloudDb;
  readonly group: Pick<ServiceGroup, 'beat'>;
}

/** What volume hosts, which have no database, tell the books and ask them. */
export class VolumeHostsApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** A host's heartbeat with the space of its pools. */
  async report(host: string, pools: readonly PoolReport[]): Promise<void> {
    const { db, group } = this.#deps;
    await savePools(db, host, pools);
    await group.beat([{ binary: 'cinder-volume', host }]);
  }

  /** The connections that a host has to offer. */
  async exportsOf(host: string): Promise<WantedExport[]> {
    const volumes = await volumesOn(this.#deps.db, host);
    return volumes.flatMap(({ attachments }) =>
      attachments.flatMap(({ id, volumeId, mode, connector }) =>
        connector === null ? [] : [{ attachmentId: id, volumeId, readOnly: mode === 'ro', connector: { ...connector } }],
      ),
    );
  }
}
