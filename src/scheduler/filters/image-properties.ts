import type { HostState } from '../host-state.ts';
import { type Filter, pass, reject } from './filter.ts';

/** Image property -> which part of a host's supported instances it must equal. */
const demands = [
  { property: 'hw_architecture', part: 0, noun: 'architecture' },
  { property: 'img_hv_type', part: 1, noun: 'hypervisor type' },
  { property: 'hw_vm_mode', part: 2, noun: 'VM mode' },
] as const;

const has = (host: HostState, part: 0 | 1 | 2, wanted: string) => host.supportedInstances.some((supported) => supported[part] === wanted);

/** The host can run what the image was made for. */
export const imagePropertiesFilter: Filter = {
  name: 'ImagePropertiesFilter',
  check: (host, { image }) => {
    for (const { property, part, noun } of demands) {
      const wanted = image?.properties[property];
      if (wanted !== undefined && !has(host, part, wanted)) return reject(`no ${noun} ${wanted}, which the image demands`);
    }
    return pass;
  },
};
