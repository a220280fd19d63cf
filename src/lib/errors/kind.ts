/** Why a request failed, in the few words that every edge understands. Each edge maps all of them, once, to its own statuses. */
export const kinds = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'over-limit',
  'unavailable',
  'not-implemented',
  'internal',
] as const;

export type Kind = (typeof kinds)[number];

export const isKind = (value: unknown): value is Kind => kinds.some((kind) => kind === value);
