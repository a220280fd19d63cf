import { Type as t } from '@sinclair/typebox';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { type Aggregate, zoneGivenBy } from '../../../../objects/aggregate.ts';
import { microseconds } from '../wire.ts';

const fields = {
  id: field(t.Integer(), ({ id }: Aggregate) => id),
  uuid: field(t.String({ format: 'uuid' }), ({ uuid }: Aggregate) => uuid, { since: v.aggregateUuid }),
  name: field(t.String(), ({ name }: Aggregate) => name),
  availability_zone: field(nullable(t.String()), ({ metadata }: Aggregate) => zoneGivenBy(metadata)),
  created_at: field(t.String(), ({ createdAt }: Aggregate) => microseconds(createdAt)),
  updated_at: field(nullable(t.String()), ({ updatedAt }: Aggregate) => updatedAt && microseconds(updatedAt)),
  // Deleted aggregates are not kept.
  deleted: field(t.Boolean(), () => false),
  deleted_at: field(nullable(t.String()), () => null),
};

/** A new aggregate, which Nova shows without hosts and metadata. */
export const createdAggregate = resource<Aggregate>()('created aggregate', fields);

/** An aggregate. */
export const aggregateView = resource<Aggregate>()('aggregate', {
  ...fields,
  hosts: field(t.Array(t.String()), ({ hosts }) => [...hosts]),
  metadata: field(t.Record(t.String(), t.String()), ({ metadata }) => metadata),
});
