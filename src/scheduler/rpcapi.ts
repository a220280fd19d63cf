import { type Client, call, contract } from '../lib/rpc/contract.ts';
import { placement, requestSpec } from './request.ts';

/** Asked for hosts, the scheduler answers a choice with alternates, or why there is none; it changes nothing but its own record of the decision. */
export const schedulerRpc = contract('scheduler', {
  selectDestination: call({ to: 'any', params: { request: requestSpec }, returns: placement }),
});

export type SchedulerRpcApi = Client<typeof schedulerRpc>;
