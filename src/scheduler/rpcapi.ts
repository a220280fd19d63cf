import { type Client, call, contract } from '../lib/rpc/contract.ts';
import { placement, requestSpec } from './request.ts';

/** The scheduler answers with a host and alternates, or with the reasons why there is none. It only writes its record of the decision. */
export const schedulerRpc = contract('scheduler', {
  selectDestination: call({ to: 'any', params: { request: requestSpec }, returns: placement }),
});

export type SchedulerRpcApi = Client<typeof schedulerRpc>;
