/** Aggregates: groups of compute hosts with metadata, which scheduler filters and weighers read. */
import type { HostName } from './ids.ts';

/** Metadata of an aggregate. */
export type AggregateMetadata = Readonly<Record<string, string>>;

/** A group of compute hosts. */
export interface Aggregate {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  /** By name. */
  readonly hosts: readonly HostName[];
  readonly metadata: AggregateMetadata;
  readonly createdAt: Date;
  /** When its name or metadata last changed. */
  readonly updatedAt: Date | null;
}

/** The metadata key that makes an aggregate an availability zone. */
export const ZONE_KEY = 'availability_zone';

/** The availability zone that an aggregate gives to its hosts, if any. */
export const zoneGivenBy = (metadata: AggregateMetadata): string | null => metadata[ZONE_KEY] ?? null;
