import type { ConsoleTables } from './consoles.ts';
import type { CloudSecretsTables } from './cloud-secrets.ts';
import type { EventTables } from './events.ts';
import type { FlavorTables } from './flavors.ts';
import type { HostTables } from './hosts.ts';
import type { IdempotencyTables } from './idempotency.ts';
import type { ServerGroupTables } from './server-groups.ts';
import type { MoveTables } from './moves.ts';
import type { ServerTables } from './servers.ts';
import type { IdentityTables } from './identity.ts';
import type { NetworkTables } from './network.ts';
import type { QuotaTables } from './quota.ts';
import type { TraceTables } from './trace.ts';
import type { WorkflowTables } from './workflow.ts';
import type { ImageTables } from './image.ts';
import type { ObjectStoreTables } from './objectstore.ts';
import type { VolumeTables } from './volume.ts';

/**
 * Every table of the database, by name, as Kysely sees it: one file per area, composed here by `extends`.
 * An area's file (`schema/<area>.ts`) exports `interface <Area>Tables`; its tables are made by `migrations/000N-<area>.ts`.
 */
export interface Database
  extends ServerTables,
    ServerGroupTables,
    HostTables,
    MoveTables,
    ConsoleTables,
    FlavorTables,
    EventTables,
    IdempotencyTables,
    IdentityTables,
    TraceTables,
    WorkflowTables,
    ImageTables,
    NetworkTables,
    VolumeTables,
    ObjectStoreTables,
    QuotaTables,
    CloudSecretsTables {}
