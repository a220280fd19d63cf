import { lifecycle } from '../../src/operations/lifecycle.ts';
import type { ServerOperation } from './server-operation.ts';
import { askFor, type Session } from './session.ts';

/** Servers get volumes and give them back. Each tenant makes some, as it needs them. */
export const volumeOperations: readonly ServerOperation[] = [
  {
    name: 'attach volume',
    covers: ['POST /servers/{id}/os-volume_attachments'],
    weight: 2,
    from: lifecycle.attachVolume.from,
    lockable: true,
    run: async (session, server) => {
      const free = await askFor(session, 'list volumes', { service: 'volume', method: 'GET', path: '/v3/volumes?status=available' });
      const volumeId = free?.body.volumes[0]?.id;
      if (volumeId === undefined) {
        const body = { volume: { size: 1, name: 'chaos' } };
        // Until the quota is reached.
        await askFor(session, 'create volume', { service: 'volume', method: 'POST', path: '/v3/volumes', body, mayRefuse: [413] });
        return;
      }
      const body = { volumeAttachment: { volumeId } };
      const path = `/v2.1/servers/${server.id}/os-volume_attachments`;
      // Another server may take it first; it fails like other work when the host goes down, or is superseded by a delete.
      await askFor(session, 'attach volume', { service: 'compute', method: 'POST', path, body, mayRefuse: [400, 404, 409, 503] });
    },
  },
  {
    name: 'change volume attachment',
    covers: ['PUT /servers/{id}/os-volume_attachments/{volume}'],
    weight: 1,
    from: lifecycle.attachVolume.from,
    lockable: true,
    run: async (session, server) => {
      const volumeId = await lastVolumeOf(session, server);
      if (volumeId === undefined) return;
      const body = { volumeAttachment: { volumeId, delete_on_termination: true } };
      const path = `/v2.1/servers/${server.id}/os-volume_attachments/${volumeId}`;
      await askFor(session, 'change volume attachment', {
        service: 'compute',
        method: 'PUT',
        path,
        body,
        version: '2.85',
        mayRefuse: [404, 409],
      });
    },
  },
  {
    name: 'detach volume',
    covers: ['DELETE /servers/{id}/os-volume_attachments/{volume}'],
    weight: 2,
    from: lifecycle.detachVolume.from,
    lockable: true,
    run: async (session, server) => {
      const volumeId = await lastVolumeOf(session, server);
      if (volumeId === undefined) return;
      const path = `/v2.1/servers/${server.id}/os-volume_attachments/${volumeId}`;
      // A server keeps the volume that it boots from.
      await askFor(session, 'detach volume', { service: 'compute', method: 'DELETE', path, mayRefuse: [400, 404, 409] });
    },
  },
  {
    name: 'extend volume',
    covers: [],
    weight: 1,
    from: lifecycle.attachVolume.from,
    lockable: false,
    run: async (session, server) => {
      const volumeId = await lastVolumeOf(session, server);
      if (volumeId === undefined) return;
      const path = `/v3/volumes/${volumeId}`;
      const shown = await askFor(session, 'show volume', { service: 'volume', method: 'GET', path, mayRefuse: [404] });
      if (!shown) return;
      const body = { 'os-extend': { new_size: shown.body.volume.size + 1 } };
      // An earlier try may have done it, and its quota has a limit.
      const asked = { service: 'volume', method: 'POST', path: `${path}/action`, body, mayRefuse: [400, 404, 413] } as const;
      await askFor(session, 'extend volume', { ...asked, version: '3.42' });
    },
  },
];

async function lastVolumeOf(session: Session, server: { readonly id: string }): Promise<string | undefined> {
  const path = `/v2.1/servers/${server.id}/os-volume_attachments`;
  const listed = await askFor(session, 'list volumes of server', { service: 'compute', method: 'GET', path, mayRefuse: [404] });
  return listed?.body.volumeAttachments.at(-1)?.volumeId;
}
