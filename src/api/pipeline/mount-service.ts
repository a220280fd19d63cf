// Mounts a stand-alone OpenStack API (identity, image, network, volume): JSON without microversions, faults in its own shape.
import { STATUS_CODES } from 'node:http';
import type { Kind } from '../../lib/errors/kind.ts';
import type { HttpServer } from '../../lib/http/http-server.ts';
import { badMediaType } from '../../lib/http/json-body.ts';
import { authenticateHeader } from './compute-fault.ts';
import { jsonFace } from './json-face.ts';
import { type Mount, mountFace } from './mount-face.ts';
import type { Authenticate } from './token.ts';

export interface ServiceMount<Deps> extends Mount<Deps> {
  /** Where it is mounted: `/v3`, `/v2.0`, or `''` for every path that no other mount claims. */
  readonly path: string;
  /** Left out: no route asks for a token. */
  readonly authenticate?: Authenticate;
  /** The service's shape for a fault: code 404, title "Not Found", the sentence, and the error's declared name if it has one. */
  readonly errorBody: (code: number, title: string, message: string, errorName: string | undefined) => unknown;
  /** Statuses that override the common ones, e.g. `{ 'over-limit': 409 }`. */
  readonly statuses?: Partial<Record<Kind, number>>;
  readonly unknownKeys?: 'refuse' | 'drop';
  /** Overrides the server's size limit for JSON bodies. */
  readonly bodyBytes?: number;
  /** What a path may end in, to no effect. */
  readonly suffix?: string;
  /** Whether paths begin with the project id, as Cinder's do. */
  readonly projectInPath?: boolean;
  /** Where clients without a token can get one. */
  readonly identityUrl?: string;
}

const JSON_TYPES = /^application\/([\w.-]+\+?)?json(-[\w-]+)?$|^application\/[\w.-]+-json-[\w.-]+$/;

/** Serves the routes below a path. */
export function mountService<Deps>(
  server: HttpServer,
  { authenticate, errorBody, statuses, identityUrl, ...mount }: ServiceMount<Deps>,
): void {
  const face = jsonFace({
    authenticate,
    depth: server.limits.jsonDepth,
    mediaTypes: JSON_TYPES,
    wrongMediaType: badMediaType,
    statuses,
    faultBody: ({ status, message, code }) => errorBody(status, STATUS_CODES[status] ?? 'Error', message, code),
    faultHeaders: ({ status }) => ({
      'Content-Type': 'application/json',
      ...(status === 401 && identityUrl !== undefined ? authenticateHeader(identityUrl) : {}),
    }),
  });
  mountFace(server, { ...mount, face, idHeaders: (requestId) => ({ 'x-openstack-request-id': requestId }) });
}
