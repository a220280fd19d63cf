import type { GuestSpec, MovedGuest } from '../../objects/guest-spec.ts';

/** A guest in its new size, with its new vifs and its place on the new host; its image and its identity stay. */
export const resized = ({ numa: _, devices: __, ...spec }: GuestSpec, { flavor, vifs, numa, devices }: MovedGuest): GuestSpec => ({
  ...spec,
  flavor,
  vifs,
  ...(numa && { numa }),
  ...(devices && { devices }),
});
