import type { NetworkApi } from '../../../network/api.ts';

/** The dependencies of the network handlers. */
export interface NetworkFaceDeps {
  readonly network: NetworkApi;
}
