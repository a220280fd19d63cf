/** How hypervisors call the guests of servers: by a template that every server keeps from its making. */
import type { Server } from './server.ts';

/** Part of a name in libvirt, of files and of monitors: plain letters, around the server's number or its id. */
export const GUEST_NAME_TEMPLATE = /^[A-Za-z0-9_.-]{0,40}%((0[1-9])?[dx]|\(uuid\)s)[A-Za-z0-9_.-]{0,40}$/;

const PLACE = /%(?:0(\d))?([dx]|\(uuid\)s)/;

/** The name under which the hypervisor knows the guest: `instance-0000002a`. */
export const guestName = ({ guestNameTemplate, number, id }: Pick<Server, 'id' | 'number' | 'guestNameTemplate'>): string =>
  guestNameTemplate.replace(PLACE, (_place, width: string | undefined, what: string) =>
    what === '(uuid)s' ? id : number.toString(what === 'x' ? 16 : 10).padStart(Number(width ?? 0), '0'),
  );
