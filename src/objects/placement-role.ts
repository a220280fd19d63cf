import { type Static, Type as t } from '@sinclair/typebox';

/**
 * What a host is to a server: where it is (`current`), where a move brings it (`incoming`), where a move leaves it until that is confirmed or
 * taken back (`outgoing`).
 */
export const placementRole = t.Union([t.Literal('current'), t.Literal('incoming'), t.Literal('outgoing')]);
export type PlacementRole = Static<typeof placementRole>;
