import { Type as t } from '@sinclair/typebox';
import { cachedJson } from '../../../../lib/versioning/cached-json.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import type { Server } from '../../../../objects/server.ts';
import { links, linksTo } from '../wire.ts';

/** A server in the short list. */
export const serverSummary = cachedJson(
  resource<Server>()('server', {
    id: field(t.String({ format: 'uuid' }), (server) => server.id),
    name: field(t.String(), (server) => server.name),
    links: field(links, (server, view) => linksTo(`servers/${server.id}`, view)),
  }),
);
