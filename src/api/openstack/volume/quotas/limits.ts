import { Type as t } from '@sinclair/typebox';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { v } from '../microversions.ts';

const limitsAnswer = exactly(t.Object({ limits: t.Object({ rate: t.Array(t.Unknown()), absolute: t.Record(t.String(), t.Integer()) }) }));

export const showLimits = route({
  method: 'GET',
  path: '/limits',
  summary: 'Show what the project may use, and what it does.',
  status: 200,
  answers: limitsAnswer,
  handle: async ({ ctx, at, rawQuery }, { volumes }: VolumeFaceDeps) => {
    const asked = at(v.limitsOfProjects) ? (rawQuery.get('project_id') ?? rawQuery.get('tenant_id') ?? undefined) : undefined;
    const { limits: found, used } = await volumes.quotas.limits(ctx, asked);
    const [limit, use] = [(name: string) => found[name] ?? -1, (name: string) => used[name] ?? 0];
    return ok({
      limits: {
        rate: [],
        absolute: {
          maxTotalVolumes: limit('volumes'),
          maxTotalSnapshots: limit('snapshots'),
          maxTotalVolumeGigabytes: limit('gigabytes'),
          maxTotalBackups: limit('backups'),
          maxTotalBackupGigabytes: limit('backup_gigabytes'),
          totalVolumesUsed: use('volumes'),
          totalSnapshotsUsed: use('snapshots'),
          totalGigabytesUsed: use('gigabytes'),
          totalBackupsUsed: use('backups'),
          totalBackupGigabytesUsed: use('backup_gigabytes'),
        },
      },
    });
  },
});
