import type { GuestSpec, MovedGuest } from '../../objects/guest-spec.ts';

/** A guest in its new size and with its new vifs; its image and its identity stay. */
export const resized = (spec: GuestSpec, { flavor, vifs }: MovedGuest): GuestSpec => ({ ...spec, flavor, vifs });
