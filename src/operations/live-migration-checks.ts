/** What decides about a live migration before it begins, for whoever asks: the API while its caller waits, or the conductor. */
import { errorType } from '../lib/errors/error-type.ts';
import type { Departure } from '../objects/live-migration.ts';

/** No two hosts share the disks of guests: without copying them, only a guest that has none can move. */
export const DisksNotShared = errorType(
  'DisksNotShared',
  'invalid',
  (_: object) =>
    'The disk of the server is not on shared storage: Shared storage live-migration requires either shared storage or boot-from-volume with no local disks.',
);

/** Refuses a migration that must not copy disks which no other host sees. */
export function insistOnSharedStorage({ disks }: Departure, copiesDisks: boolean | null): void {
  if (copiesDisks === false && disks.length > 0) throw DisksNotShared({});
}
