import type { ComputeApi } from '../../../../compute/api.ts';
import type { ServerGroupApi } from '../../../../compute/groups/server-group-api.ts';
import type { ConsoleApi } from '../../../../compute/servers/console-api.ts';
import type { TopologyApi } from '../../../../compute/servers/topology-api.ts';
import type { DiagnosticsApi } from '../../../../compute/servers/diagnostics-api.ts';
import type { HostStatusApi } from '../../../../compute/servers/host-status-api.ts';
import type { InstanceActionApi } from '../../../../compute/servers/instance-action-api.ts';
import type { LiveMigrationApi } from '../../../../compute/servers/live-migration-api.ts';
import type { ServerEditApi } from '../../../../compute/servers/edit-api.ts';
import type { ExternalEventApi } from '../../../../compute/servers/external-event-api.ts';
import type { InterfaceApi } from '../../../../compute/servers/interface-api.ts';
import type { VolumeAttachmentApi } from '../../../../compute/servers/volume-attachment-api.ts';
import type { ServerPortsApi } from '../../../../compute/servers/server-ports-api.ts';

/** What the controllers of servers call. */
export interface ServerFaceDeps {
  readonly compute: ComputeApi;
  readonly serverEdits: ServerEditApi;
  readonly instanceActions: InstanceActionApi;
  readonly liveMigrations: LiveMigrationApi;
  readonly serverPorts: ServerPortsApi;
  readonly interfaces: InterfaceApi;
  readonly volumeAttachments: VolumeAttachmentApi;
  readonly externalEvents: ExternalEventApi;
  readonly hostStatus: HostStatusApi;
  readonly consoles: ConsoleApi;
  readonly diagnostics: DiagnosticsApi;
  readonly topology: TopologyApi;
  readonly serverGroups: ServerGroupApi;
  /** Where clients find the image service. */
  readonly imageUrl: string;
  /** Whether answers tell the administrator's passwords of new guests (`[api]enable_instance_password`). */
  readonly showsPasswords: boolean;
  /** The longest page of a list (`[api]max_limit`). */
  readonly maxLimit: number;
}
