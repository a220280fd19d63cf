import { is } from '@nova-ts/libvirt';
import { NovaError } from '../../lib/errors/error-type.ts';
import { HypervisorFailed, HypervisorUnavailable } from '../errors.ts';

// Wraps failures of libvirt, its tools and the file system in the driver's errors: a public message, the original as the cause.

/** Runs a function and wraps its errors; `what` completes "The hypervisor could not ...". Declared errors pass unchanged. */
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
