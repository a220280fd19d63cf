import type { ListRules } from '../list-query.ts';

/** What lists of volumes are filtered and sorted by. */
export const volumeList: ListRules = {
  filters: {
    name: { column: 'name', kind: 'text' },
    status: { column: 'status', kind: 'text' },
    metadata: { column: 'metadata', kind: 'map' },
    bootable: { column: 'is_bootable', kind: 'truth' },
    migration_status: { column: 'migration_status', kind: 'text' },
    availability_zone: { column: 'zone', kind: 'text' },
    group_id: { column: 'group_id', kind: 'text' },
    size: { column: 'size_gb', kind: 'number' },
    created_at: { column: 'created_at', kind: 'time' },
    updated_at: { column: 'updated_at', kind: 'time' },
    glance_metadata: { column: 'image_metadata', kind: 'map' },
    id: { column: 'id', kind: 'text', adminOnly: true },
    user_id: { column: 'user_id', kind: 'text', adminOnly: true },
    host: { column: 'host', kind: 'text', adminOnly: true },
    description: { column: 'description', kind: 'text', adminOnly: true },
    snapshot_id: { column: 'snapshot_id', kind: 'text', adminOnly: true },
    source_volid: { column: 'source_volume_id', kind: 'text', adminOnly: true },
    volume_type_id: { column: 'type_id', kind: 'text', adminOnly: true },
    multiattach: { column: 'is_multiattach', kind: 'truth', adminOnly: true },
  },
  sort: {
    id: 'id',
    status: 'status',
    size: 'size_gb',
    availability_zone: 'zone',
    created_at: 'created_at',
    updated_at: 'updated_at',
    name: 'name',
    display_name: 'name',
    bootable: 'is_bootable',
    host: 'host',
    volume_type_id: 'type_id',
  },
};
