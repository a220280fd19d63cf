import type { VolumeApi } from '../../../volume/api.ts';

/** What the volume API calls. */
export interface VolumeFaceDeps {
  readonly volumes: VolumeApi;
}
