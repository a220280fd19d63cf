import { Type as t, type Static } from '@sinclair/typebox';

/**
 * Who asks, and under which request: travels with a request through REST, workflow, queue and host, unchanged but for `spanId`
 * (the hop that caused the present one).
 */
export const contextSchema = t.Object({
  requestId: t.String(),
  userId: t.Union([t.String(), t.Null()]),
  projectId: t.Union([t.String(), t.Null()]),
  domainId: t.Optional(t.String()),
  userName: t.Optional(t.String()),
  projectName: t.Optional(t.String()),
  /** Said where domains are administered; nothing else asks. */
  projectDomainId: t.Optional(t.String()),
  roles: t.Array(t.String()),
  isAdmin: t.Boolean(),
  spanId: t.Optional(t.String()),
  /** The request came under an Idempotency-Key, so it may come again: what it changes is kept with its result. */
  keyed: t.Optional(t.Boolean()),
  /** The request was begun before, under this same id, and nobody knows how far it came: what it did already is not done again. */
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
