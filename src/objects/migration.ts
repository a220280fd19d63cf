import type { Flavor } from './flavor.ts';
import type { HostName, ServerId } from './ids.ts';
import type { Transfer } from './live-migration.ts';

/** The kinds of moves; wire values of `migration_type`. */
export const migrationTypes = ['resize', 'migration', 'live-migration', 'evacuation'] as const;
export type MigrationType = (typeof migrationTypes)[number];

/** Where a move stands; wire values of a migration's `status` (reference: nova facts, "Migration statuses in order, per type"). */
export const migrationStatuses = [
  'accepted',
  'queued',
  'preparing',
  'running',
  'pre-migrating',
  'migrating',
  'post-migrating',
  'finished',
  'confirming',
  'confirmed',
  'reverting',
  'reverted',
  'completed',
  'done',
  'cancelled',
  'error',
  'failed',
] as const;
export type MigrationStatus = (typeof migrationStatuses)[number];

/** Statuses of moves that are over. */
export const endedStatuses = [
  'confirmed',
  'reverted',
  'completed',
  'done',
  'cancelled',
  'error',
  'failed',
] as const satisfies readonly MigrationStatus[];

/** A flavor and its number, which older clients know it by. */
export interface NumberedFlavor {
  readonly flavor: Flavor;
  readonly number: number;
}

/** A host's names at both ends of a move. */
export interface MoveEnd {
  readonly host: HostName;
  readonly node: string;
}

/** The record of one move of a server between hosts, or to another size. */
export interface Migration {
  /** A small number, by which clients name it. */
  readonly number: number;
  readonly id: string;
  readonly serverId: ServerId;
  readonly type: MigrationType;
  readonly status: MigrationStatus;
  readonly source: MoveEnd;
  /** Null until a host is chosen. */
  readonly destination: (MoveEnd & { readonly hostIp: string | null }) | null;
  readonly before: NumberedFlavor;
  readonly after: NumberedFlavor;
  /** Whether the guest was off when the move began, and is left off. */
  readonly wasStopped: boolean;
  /** How far a live migration is, if its host has told. */
  readonly transfer: Transfer | null;
  /** Who asked for it. */
  readonly userId: string | null;
  readonly projectId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
