/** The options of the volume service. */
import { option, optionGroup } from '../lib/config/option.ts';
import { oneOf, text } from '../lib/config/value-type.ts';
import { limit, publicEndpoint } from './option-kinds.ts';

export const volume = optionGroup('volume', {
  public_endpoint: publicEndpoint('volume'),
  driver: option(oneOf(['auto', 'builtin', 'fake']), { default: 'auto', help: 'auto uses builtin with libvirt, else fake.' }),
  default_volume_type: option(text(), { default: '__DEFAULT__', help: 'Type of volumes that name none.' }),
  backup_posix_path: option(text(), {
    help: 'Directory of backups, which storage hosts may share; unset: volumes/backups in the state directory.',
  }),
  quota_volumes: limit('Volumes per project', 10),
  quota_snapshots: limit('Snapshots of volumes per project', 10),
  quota_gigabytes: limit('GiB of volumes and snapshots per project', 1000),
  per_volume_size_limit: limit('GiB of one volume', -1),
  quota_backups: limit('Backups of volumes per project', 10),
  quota_backup_gigabytes: limit('GiB of backups per project', 1000),
  quota_groups: limit('Groups of volumes per project', 10),
});
