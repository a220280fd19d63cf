import type { MarshalledError } from '../../../lib/errors/marshal.ts';

/** A failure, outage or missing ability of one host (which may be of an older release) says nothing about the next. */
export const isHostFailure = ({ kind }: MarshalledError): boolean =>
  kind === 'internal' || kind === 'unavailable' || kind === 'not-implemented';
