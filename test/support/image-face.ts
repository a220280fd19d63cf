/** An image service for tests of its routes; tokens are `project:role`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountImage } from '../../src/api/openstack/image/mount-image.ts';
import { Unauthenticated } from '../../src/api/pipeline/auth.ts';
import { ImageApi } from '../../src/image/api.ts';
import { ImagePasses } from '../../src/image/image-pass.ts';
import { FileImageStore } from '../../src/image/drivers/builtin/file-store.ts';
import { type Clock, systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { createHttpServer } from '../../src/lib/http/http-server.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { novaPolicy } from '../../src/policy/policy.ts';
import { createTestDatabase } from './database.ts';

/** A request with JSON or bytes; by default from a member of the project alice. */
export interface Sent {
  readonly token?: string;
  readonly json?: unknown;
  readonly data?: Uint8Array<ArrayBuffer>;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, its JSON parsed. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  // Tests look into bodies of every shape; a wrong path fails the expectation.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any;
}

/** A running image service. */
export interface ImageFace {
  readonly images: ImageApi;
  readonly origin: string;
  send(method: string, path: string, sent?: Sent): Promise<Received>;
  /** Creates an image, by default raw; returns its id. */
  create(json?: object, token?: string): Promise<string>;
  /** Uploads an image's data. */
  fill(id: string, data: string, token?: string): Promise<void>;
  stop(): Promise<void>;
}

/** The largest image, in bytes. */
const MAX_SIZE_BYTES = 2_000_000;

/** Starts it on a new database and directory. */
export async function startImageFace({ clock = systemClock }: { readonly clock?: Clock } = {}): Promise<ImageFace> {
  const [database, directory] = await Promise.all([createTestDatabase(), mkdtemp(join(tmpdir(), 'nova-image-face-'))]);
  const store = await FileImageStore.open({ directory });
  const passes = new ImagePasses({ secret: 'secret', clock });
  const images = new ImageApi({ db: database.db, store, ids: systemIds, policy: novaPolicy(), passes, maxSizeBytes: MAX_SIZE_BYTES });
  const server = createHttpServer({ log: silentLog, clock: systemClock, ids: systemIds });
  mountImage(server, {
    images,
    log: silentLog,
    authenticate: async (token, { requestId }) => {
      const [projectId, role] = token.split(':');
      if (projectId === undefined || role === undefined) throw Unauthenticated({});
      return { requestId, userId: projectId, projectId, roles: [role], isAdmin: role === 'admin' };
    },
  });
  const { url: origin } = await server.listen({ host: '127.0.0.1', port: 0 });
  const send: ImageFace['send'] = async (method, path, { token = 'alice:member', json, data, type, headers: more = {} } = {}) => {
    const contentType = type ?? (data === undefined ? 'application/json' : 'application/octet-stream');
    const body = data ?? (json === undefined ? null : JSON.stringify(json));
    const headers = { ...more, ...(token !== '' && { 'X-Auth-Token': token }), ...(body !== null && { 'Content-Type': contentType }) };
    const answer = await fetch(`${origin}${path}`, { method, headers, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const isJson = bytes.length > 0 && answer.headers.get('Content-Type') === 'application/json';
    return { status: answer.status, headers: answer.headers, bytes, json: isJson ? JSON.parse(String(bytes)) : {} };
  };
  return {
    images,
    origin,
    send,
    create: async (json = {}, token = 'alice:member') => {
      const whole = { name: 'tiny', disk_format: 'raw', container_format: 'bare', ...json };
      return (await send('POST', '/v2/images', { json: whole, token })).json.id;
    },
    fill: async (id, data, token = 'alice:member') => {
      await send('PUT', `/v2/images/${id}/file`, { data: Buffer.from(data), token });
    },
    stop: async () => {
      await server.close();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
