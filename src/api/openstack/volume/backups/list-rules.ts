import { type ListRules } from '../list-query.ts';

/** What lists of backups are filtered and sorted by. */
export const backupList: ListRules = {
  filters: {
    name: { column: 'name', kind: 'text' },
    status: { column: 'status', kind: 'text' },
    volume_id: { column: 'volume_id', kind: 'text' },
    id: { column: 'id', kind: 'text', adminOnly: true },
    snapshot_id: { column: 'snapshot_id', kind: 'text', adminOnly: true },
    user_id: { column: 'user_id', kind: 'text', adminOnly: true },
  },
  sort: {
    id: 'id',
    name: 'name',
    status: 'status',
    size: 'size_gb',
    volume_id: 'volume_id',
    created_at: 'created_at',
    updated_at: 'updated_at',
    data_timestamp: 'data_timestamp',
  },
};
