import type { NetworkApi } from '../../../network/api.ts';

/** What the handlers of the network face call. */
export interface NetworkFaceDeps {
  readonly network: NetworkApi;
}
