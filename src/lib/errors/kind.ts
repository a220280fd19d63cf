/** Why a request failed. Each API maps every kind, in one place, to its own statuses. */
export const kinds = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'outdated',
  'over-limit',
  'unavailable',
  'not-implemented',
  'internal',
] as const;

export type Kind = (typeof kinds)[number];

export const isKind = (value: unknown): value is Kind => kinds.some((kind) => kind === value);
