/** The options of how long servers may stay in states that are meant to pass, with Nova's names and defaults. */
import { option } from '../lib/config/option.ts';
import { integer } from '../lib/config/value-type.ts';

/** How long servers may stay in states that are meant to pass. */
export const limitsOfStates = {
  resize_confirm_window: option(integer({ min: 0 }), {
    default: 0,
    help: 'Seconds after which a resize or cold migration is confirmed without its owner; 0 is never.',
  }),
  reclaim_instance_interval: option(integer({ min: 0 }), {
    default: 0,
    help: 'Seconds that a deleted server is kept, stopped, and can be restored; 0 deletes at once.',
  }),
  rescue_timeout: option(integer({ min: 0 }), {
    default: 0,
    help: 'Seconds after which a rescued server is unrescued; 0 leaves it to its owner.',
  }),
  shelved_offload_time: option(integer({ min: -1 }), {
    default: 0,
    help: 'Seconds until a shelved server leaves its host; 0 is at once, -1 never.',
  }),
};
