import { type Static, Type as t } from '@sinclair/typebox';

/**
 * The role of a host for a server: it runs there (`current`), a move brings it there (`incoming`), or a move leaves the host, until the
 * move is confirmed or reverted (`outgoing`).
 */
export const placementRole = t.Union([t.Literal('current'), t.Literal('incoming'), t.Literal('outgoing')]);
export type PlacementRole = Static<typeof placementRole>;
