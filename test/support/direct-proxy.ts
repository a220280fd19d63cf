/** A proxy of another make: clients of VNC and SPICE connect to it, and it finds their console by a token, as Nova's API tells. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { CloudClient } from './cloud-client.ts';
import { consoleUrl } from './console-viewer.ts';

export interface DirectProxy {
  readonly port: number;
  close(): Promise<void>;
}

/** A proxy for one console of a server, which an administrator may see. */
export async function proxyToConsole(admin: CloudClient, serverId: string, protocol: string, type: string): Promise<DirectProxy> {
  const [, token = ''] = /token(?:=|%3D)([0-9a-f-]{36})/.exec(await consoleUrl(admin, serverId, protocol, type)) ?? [];
  return await directProxy(admin, token);
}

/** @param admin looks the token up, once for each connection: a path is good for one */
async function directProxy(admin: CloudClient, token: string): Promise<DirectProxy> {
  const sockets = new Set<Socket>();
  const serve = async (client: Socket) => {
    const at = { 'openstack-api-version': 'compute 2.99' };
    const { body } = await admin.ask('compute', 'GET', `/v2.1/os-console-auth-tokens/${token}`, undefined, at);
    const { host, port, internal_access_path } = body.console;
    const guest = connect({ host, port });
    sockets.add(guest);
    guest.write(`CONNECT ${internal_access_path} HTTP/1.1\r\n\r\n`);
    const [answer] = (await once(guest, 'data')) as [Buffer];
    guest.pause();
    const end = answer.indexOf('\r\n\r\n') + 4;
    if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) return void client.destroy();
    guest.unshift(answer.subarray(end));
    pipeline(client, guest, () => {});
    pipeline(guest, client, () => {});
  };
  const server = createServer({ pauseOnConnect: true }, (client) => {
    sockets.add(client);
    client.on('error', () => {});
    serve(client).catch(() => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
