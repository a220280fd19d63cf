/** A time of the migration, from which on a downtime is allowed. */
export interface DowntimeStep {
  readonly afterMs: number;
  readonly downtimeMs: number;
}

/** The downtime grows from a small value to its maximum: a guest that changes little memory never needs the whole. */
export function downtimeSteps(
  { downtimeMs, downtimeSteps: steps, downtimeDelaySeconds }: { downtimeMs: number; downtimeSteps: number; downtimeDelaySeconds: number },
  gib: number,
): readonly DowntimeStep[] {
  const offset = downtimeMs / (steps + 1);
  const base = (downtimeMs - offset) ** (1 / steps);
  return Array.from({ length: steps + 1 }, (_, at) => ({
    afterMs: Math.trunc(downtimeDelaySeconds * gib * at) * 1000,
    downtimeMs: Math.trunc(offset + base ** at),
  }));
}

/** The last step that has been reached. */
export const stepAt = (steps: readonly DowntimeStep[], elapsedMs: number): DowntimeStep | undefined =>
  steps.findLast(({ afterMs }) => afterMs <= elapsedMs);
