/** The volume service's operations and who may call them. Called by the edges. */
import { AcceptingApi } from './api/accepting.ts';
import { VolumeActionsApi } from './api/actions.ts';
import { VolumeEditsApi } from './api/edits.ts';
import { AttachmentsApi } from './api/attachments.ts';
import { BackingUpApi } from './api/backing-up.ts';
import { BackupRecordsApi } from './api/backup-records.ts';
import { BackupsApi } from './api/backups.ts';
import { DefaultTypesApi } from './api/default-types.ts';
import { VolumeFleetApi } from './api/fleet.ts';
import { VolumeMessagesApi } from './api/messages.ts';
import { MetadataApi } from './api/metadata.ts';
import { OldAttachingApi } from './api/old-attaching.ts';
import { QosAssociationsApi } from './api/qos-associations.ts';
import { QosSpecsApi } from './api/qos-specs.ts';
import { VolumeQuotasApi } from './api/quotas.ts';
import { RestoringApi } from './api/restoring.ts';
import { SnapshotsApi } from './api/snapshots.ts';
import { TransfersApi } from './api/transfers.ts';
import { VolumeTypeAccessApi } from './api/type-access.ts';
import { TypeEncryptionApi } from './api/type-encryption.ts';
import { VolumeTypesApi } from './api/volume-types.ts';
import { VolumesApi } from './api/volumes.ts';
import type { VolumeDeps } from './deps.ts';

export class VolumeApi {
  readonly volumes: VolumesApi;
  readonly volumeMetadata: MetadataApi;
  readonly actions: VolumeActionsApi;
  readonly edits: VolumeEditsApi;
  readonly attachments: AttachmentsApi;
  readonly oldAttaching: OldAttachingApi;
  readonly snapshots: SnapshotsApi;
  readonly snapshotMetadata: MetadataApi;
  readonly backups: BackupsApi;
  readonly backingUp: BackingUpApi;
  readonly restoring: RestoringApi;
  readonly backupRecords: BackupRecordsApi;
  readonly transfers: TransfersApi;
  readonly accepting: AcceptingApi;
  readonly types: VolumeTypesApi;
  readonly qosSpecs: QosSpecsApi;
  readonly qosAssociations: QosAssociationsApi;
  readonly typeEncryption: TypeEncryptionApi;
  readonly defaultTypes: DefaultTypesApi;
  readonly typeAccess: VolumeTypeAccessApi;
  readonly quotas: VolumeQuotasApi;
  readonly fleet: VolumeFleetApi;
  readonly messages: VolumeMessagesApi;

  constructor(deps: VolumeDeps) {
    this.volumes = new VolumesApi(deps);
    this.volumeMetadata = new MetadataApi({
      read: async (ctx, id) => (await this.volumes.show(ctx, id)).metadata,
      change: (ctx, id, decide) => this.edits.changeMetadata(ctx, id, decide),
    });
    this.actions = new VolumeActionsApi(deps);
    this.edits = new VolumeEditsApi(deps);
    this.attachments = new AttachmentsApi(deps);
    this.oldAttaching = new OldAttachingApi(deps);
    this.snapshots = new SnapshotsApi(deps);
    this.snapshotMetadata = new MetadataApi({
      read: async (ctx, id) => (await this.snapshots.show(ctx, id)).metadata,
      change: (ctx, id, decide) => this.snapshots.changeMetadata(ctx, id, decide),
    });
    this.backups = new BackupsApi(deps);
    this.backingUp = new BackingUpApi(deps);
    this.restoring = new RestoringApi(deps, this.volumes);
    this.backupRecords = new BackupRecordsApi(deps);
    this.transfers = new TransfersApi(deps);
    this.accepting = new AcceptingApi(deps);
    this.qosSpecs = new QosSpecsApi(deps);
    this.qosAssociations = new QosAssociationsApi(deps);
    this.typeEncryption = new TypeEncryptionApi(deps);
    this.defaultTypes = new DefaultTypesApi(deps);
    this.typeAccess = new VolumeTypeAccessApi(deps);
    this.types = new VolumeTypesApi(deps);
    this.quotas = new VolumeQuotasApi(deps);
    this.fleet = new VolumeFleetApi(deps);
    this.messages = new VolumeMessagesApi(deps);
  }
}
