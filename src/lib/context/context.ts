import { Type as t, type Static } from '@sinclair/typebox';

/**
 * The caller and the request id. It is passed with a request through REST, workflow, queue and host; only `spanId` (the parent of the
 * current hop) changes on the way.
 */
export const contextSchema = t.Object({
  requestId: t.String(),
  userId: t.Union([t.String(), t.Null()]),
  projectId: t.Union([t.String(), t.Null()]),
  domainId: t.Optional(t.String()),
  userName: t.Optional(t.String()),
  projectName: t.Optional(t.String()),
  /** Set only where domains are administered. */
  projectDomainId: t.Optional(t.String()),
  roles: t.Array(t.String()),
  isAdmin: t.Boolean(),
  spanId: t.Optional(t.String()),
  /** The request has an Idempotency-Key, so it may be retried: its changes and its result are stored together. */
  keyed: t.Optional(t.Boolean()),
  /** An earlier try of this request, under the same id, has an unknown outcome: what it did already is not done again. */
  resumed: t.Optional(t.Boolean()),
});

export type Context = Static<typeof contextSchema>;

/** The context of work that no user asked for: periodic tasks, start-up, reconcilers. */
export const serviceContext = (requestId: string): Context => ({
  requestId,
  userId: null,
  projectId: null,
  roles: ['service', 'admin'],
  isAdmin: true,
});
