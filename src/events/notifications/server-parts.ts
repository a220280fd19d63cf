/** The parts that operations on servers are told in. */
import type { ActionObject } from './server-objects.ts';

export type Phase = 'start' | 'end' | 'error';
type Source = 'nova-api' | 'nova-compute' | 'nova-conductor' | 'nova-scheduler';

/** One notification of an event: `instance.<action>.<phase>` and, where it has an unversioned form, `compute.instance.<legacy>.<phase>`. */
export interface Part {
  readonly action: string;
  /** None where it happens at once; then neither name ends with one. */
  readonly phase?: Phase;
  readonly legacy?: string;
  /** Its unversioned name does not say the phase. */
  readonly isLegacyPlain?: true;
  /** What its payload is; a request is the scheduler's, not the server's. */
  readonly object?: ActionObject | 'request';
  /** The service in whose name it is published; by default nova-compute on the server's host. */
  readonly from?: Source;
  /** For servers that have had a guest. */
  readonly ifLaunched?: boolean;
  /** For servers that had left their host. */
  readonly ifOffloaded?: boolean;
}

/** What an operation is told as, in order, and what Nova's conductor calls the work if it finds no host. */
export interface Operation {
  readonly start: readonly Part[];
  readonly end: readonly Part[];
  readonly error?: readonly Part[];
  readonly task?: 'build_instances' | 'migrate_server' | 'rebuild_server';
}

/** A part, without its phase. */
export type Named = Pick<Part, 'action' | 'legacy' | 'object' | 'from' | 'ifLaunched'>;
/** Its phases. */
export const start = (part: Named): Part => ({ ...part, phase: 'start' });
export const end = (part: Named): Part => ({ ...part, phase: 'end' });
export const error = (part: Named): Part => ({ ...part, phase: 'error' });
/** Told at one moment as a start and an end. */
export const both = (part: Named): readonly Part[] => [start(part), end(part)];

/** An operation that is told as it is. */
export const plain = (action: string, { legacy = action, object }: { legacy?: string; object?: ActionObject } = {}): Operation => {
  const part = { action, legacy, ...(object && { object }) };
  return { start: [start(part)], end: [end(part)] };
};

/** An operation whose failure has a name of its own. */
export const withError = (operation: Operation): Operation => ({
  ...operation,
  error: operation.start.map((part) => error(part)),
});

/** The scheduler looks for a host. */
export const select: Named = {
  action: 'select_destinations',
  legacy: 'select_destinations',
  object: 'request',
  from: 'nova-scheduler',
};
/** An operation for which the scheduler has to find a host. */
export const scheduling = (operation: Operation, when: Pick<Part, 'ifOffloaded'> = {}): Operation => ({
  ...operation,
  start: [{ ...start(select), ...when }, ...operation.start],
  end: [{ ...end(select), ...when }, ...operation.end],
});

/** An operation with a part before it. */
export const after = (part: Part, operation: Operation): Operation => ({ ...operation, start: [part, ...operation.start] });

/** Nova has no unversioned form of it. */
export const versionedOnly = (action: string): Operation => ({ start: [start({ action })], end: [end({ action })] });
