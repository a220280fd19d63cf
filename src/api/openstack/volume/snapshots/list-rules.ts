import { type ListRules } from '../list-query.ts';

/** What lists of snapshots are filtered and sorted by. */
export const snapshotList: ListRules = {
  filters: {
    name: { column: 'name', kind: 'text' },
    status: { column: 'status', kind: 'text' },
    volume_id: { column: 'volume_id', kind: 'text' },
    metadata: { column: 'metadata', kind: 'map' },
    id: { column: 'id', kind: 'text', adminOnly: true },
    user_id: { column: 'user_id', kind: 'text', adminOnly: true },
  },
  sort: {
    id: 'id',
    status: 'status',
    volume_size: 'size_gb',
    size: 'size_gb',
    volume_id: 'volume_id',
    created_at: 'created_at',
    updated_at: 'updated_at',
    name: 'name',
    display_name: 'name',
  },
};
