import { is } from '@nova-ts/libvirt';
import { NovaError } from '../../lib/errors/error-type.ts';
import { HypervisorFailed, HypervisorUnavailable } from '../errors.ts';

// How failures of libvirt, its tools and the file system become the driver's errors: public words outside, theirs in the cause.

/** Runs one piece of work; `what` completes "The hypervisor could not ...". Declared errors pass as they are. */
export const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof NovaError ? cause : hypervisorError(what, cause);
  }
};

const hypervisorError = (what: string, cause: unknown): NovaError =>
  is(cause, 'connect-failed', 'connection-lost', 'connection-closed')
    ? HypervisorUnavailable({ because: 'the connection to it was lost.' }, { cause })
    : HypervisorFailed({ what }, { cause });
