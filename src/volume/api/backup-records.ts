import { Type as t, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { change } from '../../db/change.ts';
import { catchViolation } from '../../db/sql/constraint-violation.ts';
import { findBackup, insertBackup, lockBackup, recordsOfData } from '../../db/stores/volume/backups.ts';
import { backupImport } from '../../events/volume-backups.ts';
import type { Context } from '../../lib/context/context.ts';
import { type VolumeBackup, volumeFacts } from '../../objects/volume-backup.ts';
import { InvalidBackup } from '../backup-errors.ts';
import { checkStore } from '../backup-places.ts';
import type { VolumeDeps } from '../deps.ts';
import { VolumeInputInvalid } from '../errors.ts';
import { checkBackupQuota } from '../quota.ts';
import { importBackupRef } from '../workflows/refs.ts';
import { allowedBackup } from './backups.ts';

/** What tells another cloud, or this one after a loss, of a backup that is in a store. */
export interface BackupRecord {
  readonly service: string;
  /** The record as base64 of JSON. */
  readonly url: string;
}

/** Who can read the stores that records name, as Cinder calls backups that are files. */
const SERVICE = 'cinder.backup.drivers.posix.PosixBackupDriver';

const uuid = t.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' });
const text = t.Union([t.String({ maxLength: 255 }), t.Null()]);
const record = t.Object({
  id: uuid,
  volume_id: t.String({ maxLength: 255 }),
  name: text,
  description: text,
  size: t.Integer({ minimum: 1, maximum: 2 ** 31 - 1 }),
  metadata: t.Record(t.String(), t.String()),
  volume_facts: volumeFacts,
  store_id: uuid,
  data_id: uuid,
  parent_data_id: t.Union([uuid, t.Null()]),
  data_timestamp: t.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' }),
});

/** Records of backups, to be kept elsewhere and brought back. */
export class BackupRecordsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async export(ctx: Context, id: string): Promise<BackupRecord> {
    const backup = await allowedBackup(this.#deps, ctx, id, 'backup:export-import');
    if (backup.status !== 'available') throw InvalidBackup({ because: `Backup status must be available and not ${backup.status}.` });
    const parent = backup.parentId === null ? undefined : await findBackup(this.#deps.db, backup.parentId);
    const url = Buffer.from(JSON.stringify(recordOf(backup, parent))).toString('base64');
    return { service: SERVICE, url };
  }

  /** Makes a record of a backup that is in a store; whether it is, is found out in the background. */
  async import(ctx: Context, { service, url }: BackupRecord): Promise<VolumeBackup> {
    const { db, ids, conductor, policy, zone, quotaLimits } = this.#deps;
    policy.check(ctx, 'backup:backup-import');
    if (service !== SERVICE) throw InvalidBackup({ because: `Backup service ${service.slice(0, 255)} is unknown.` });
    const wanted = decoded(url);
    await checkStore(this.#deps, wanted.store_id);
    const projectId = ctx.projectId ?? '';
    const workflowId = ids.uuid();
    const id = await change(ctx, { db, what: `backup.import ${wanted.id}` }, async ({ trx, tell }) => {
      if (await lockBackup(trx, wanted.id)) throw existsAlready();
      await checkBackupQuota(trx, projectId, wanted.size, quotaLimits);
      const row = {
        id: wanted.id,
        project_id: projectId,
        user_id: ctx.userId ?? '',
        volume_id: wanted.volume_id,
        name: wanted.name,
        description: wanted.description,
        zone,
        size_gb: wanted.size,
        status: 'creating' as const,
        metadata: JSON.stringify(wanted.metadata),
        volume_facts: JSON.stringify(wanted.volume_facts),
        parent_id: await parentOf(trx, wanted),
        store_id: wanted.store_id,
        data_id: wanted.data_id,
        data_timestamp: new Date(wanted.data_timestamp),
        workflow_id: workflowId,
      };
      const made = await catchViolation(insertBackup(trx, row));
      // Somebody else imports it at the same time.
      if (typeof made === 'string') throw existsAlready();
      const input = { backupId: wanted.id };
      await conductor.write(trx, importBackupRef, { id: workflowId, subject: wanted.id, ctx, input });
      if (made) tell(backupImport.start(made));
      return wanted.id;
    });
    conductor.announce(ctx, workflowId);
    return await allowedBackup(this.#deps, ctx, id, 'backup:get');
  }
}

const existsAlready = () => InvalidBackup({ because: 'Backup already exists in database.' });

/** The record of what the data builds on: without it nothing would keep that data. */
async function parentOf(trx: Parameters<typeof recordsOfData>[0], wanted: Static<typeof record>): Promise<string | null> {
  if (wanted.parent_data_id === null) return null;
  const [parent] = await recordsOfData(trx, { storeId: wanted.store_id, dataId: wanted.parent_data_id });
  if (parent === undefined) throw InvalidBackup({ because: 'The backup that it builds on has to be imported first.' });
  return parent;
}

function decoded(url: string): Static<typeof record> {
  try {
    const found: unknown = JSON.parse(Buffer.from(url, 'base64').toString('utf8'));
    if (Value.Check(record, found) && !Number.isNaN(Date.parse(found.data_timestamp))) return found;
  } catch {
    // Refused below.
  }
  throw VolumeInputInvalid({ because: "Can't parse backup record." });
}

const recordOf = (backup: VolumeBackup, parent: VolumeBackup | undefined): Static<typeof record> => ({
  id: backup.id,
  volume_id: backup.volumeId,
  name: backup.name,
  description: backup.description,
  size: backup.sizeGb,
  metadata: { ...backup.metadata },
  volume_facts: backup.volumeFacts,
  store_id: backup.storeId,
  data_id: backup.dataId,
  parent_data_id: parent?.dataId ?? null,
  data_timestamp: backup.dataTimestamp.toISOString(),
});
