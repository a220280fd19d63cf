/** The hypervisor's name of a guest: made from a template that a server keeps from its creation. */
import type { Server } from './server.ts';

/** The name ends up in libvirt, file names and monitors: plain characters around the server's number or id. */
export const GUEST_NAME_TEMPLATE = /^[A-Za-z0-9_.-]{0,40}%((0[1-9])?[dx]|\(uuid\)s)[A-Za-z0-9_.-]{0,40}$/;

const PLACE = /%(?:0(\d))?([dx]|\(uuid\)s)/;

/** The guest's name in the hypervisor: `instance-0000002a`. */
export const guestName = ({ guestNameTemplate, number, id }: Pick<Server, 'id' | 'number' | 'guestNameTemplate'>): string =>
  guestNameTemplate.replace(PLACE, (_place, width: string | undefined, what: string) =>
    what === '(uuid)s' ? id : number.toString(what === 'x' ? 16 : 10).padStart(Number(width ?? 0), '0'),
  );
