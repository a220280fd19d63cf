/** Prepares what a caller asks beyond the DELETE of a server: to delete it at once, and to restore it. */
import { checkQuota } from '../../../quota/check.ts';
import type { QuotaLimits } from '../../../quota/resources.ts';
import type { Prepare } from './preparers.ts';

/** Deletes the server at once. */
export const prepareForceDelete: Prepare<'delete'> = async () => ({ workOf: ({ id }) => ({ serverId: id }) });

/** Restores the server, if its owner's quota has room for it: a deleted server does not count. */
export const prepareRestore =
  ({ quotaLimits }: { readonly quotaLimits: QuotaLimits }): Prepare<'restore'> =>
  async () => ({
    workOf: ({ id }) => ({ serverId: id }),
    check: async (trx, { projectId, userId, flavor }) => {
      await checkQuota(trx, { projectId, userId }, { instances: 1, cores: flavor.vcpus, ram: flavor.ramMb }, quotaLimits);
    },
  });
