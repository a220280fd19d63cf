import { type QuotaLimits, unlimited } from '../../quota/resources.ts';
import type { NovaConfig } from '../nova-config.ts';

/** The configured limits; resources of the network service are unlimited here. */
export const quotaOptions = ({ quota: { injected_file_path_length, ...quota } }: NovaConfig): QuotaLimits => ({
  ...unlimited,
  ...quota,
  injected_file_path_bytes: injected_file_path_length,
});
