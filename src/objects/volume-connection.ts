import { type Static, Type as t } from '@sinclair/typebox';

/** How a host reaches a volume's data: `driver_volume_type` and `data`, as Cinder calls them. */
export const connection = t.Object({ type: t.String(), data: t.Record(t.String(), t.Unknown()) });
export type Connection = Static<typeof connection>;
