import { connect } from 'node:net';

// A minimal health check of a libvirtd: one trivial call.

/** AUTH_LIST of libvirt's remote protocol: length, program, version, procedure, call, serial, status. */
const AUTH_LIST = [28, 0x20008086, 1, 66, 0, 1, 0];

/**
 * Whether a libvirtd answers at this socket within the limit. Accepting a connection is no proof: libvirtd listens before its drivers
 * are ready, and answers only afterwards.
 */
export const answersAt = (socketPath: string, limitMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketPath);
    const settle = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    const call = Buffer.alloc(28);
    AUTH_LIST.forEach((word, index) => call.writeUInt32BE(word, index * 4));
    socket.setTimeout(limitMs, () => settle(false));
    socket.once('connect', () => socket.write(call));
    socket.once('data', () => settle(true));
    socket.once('close', () => settle(false));
    socket.on('error', () => settle(false));
  });
