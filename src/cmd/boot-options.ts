/** The options of boots, which are among those of `[DEFAULT]`. */
import { integer } from '../lib/config/value-type.ts';
import { option } from '../lib/config/option.ts';

export const boots = {
  max_concurrent_builds: option(integer({ min: 0 }), { default: 10, help: 'Guests that one host builds at a time; 0 is unlimited.' }),
  block_device_allocate_retries: option(integer({ min: 0 }), {
    default: 60,
    help: 'How many times a boot looks whether a volume that is made for it is there.',
  }),
  block_device_allocate_retries_interval: option(integer({ min: 1 }), {
    default: 3,
    help: 'The longest time between two such looks, in seconds.',
  }),
};
