// Mounts the compute API: microversions under /v2.1, the legacy API under /v2.
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { HttpServer } from '../../lib/http/http-server.ts';
import { malformedBody } from '../../lib/http/json-body.ts';
import { queryParams } from '../../lib/versioning/query-params.ts';
import { v, versions } from '../../microversions.ts';
import { authenticateHeader, computeFaultBody } from './compute-fault.ts';
import type { Face } from './face.ts';
import { jsonFace } from './json-face.ts';
import { type FaceMount, type Mount, mountFace } from './mount-face.ts';
import { negotiate, UnsupportedVersion, versionHeaders } from './negotiation.ts';
import { ProjectShares } from './project-shares.ts';
import type { PolicyGate } from './site.ts';
import type { Authenticate } from './token.ts';

export interface ComputeMount<Deps> extends Mount<Deps> {
  readonly authenticate: Authenticate;
  readonly policy: PolicyGate;
  /** Where clients without a token can get one. */
  readonly identityUrl: string;
}

/** Unknown query keys are ignored at first, and refused from a later version on. */
const noQuery = queryParams({}, { strict: { since: v.flavorNameFilter } });

const MEDIA_TYPES = /^application\/(json|vnd\.openstack\.compute\+json)$/;

/** Serves the routes under `/v2.1` and, with versions fixed and unknown keys dropped, under `/v2`. */
export function mountCompute<Deps>(server: HttpServer, { authenticate, identityUrl, ...mount }: ComputeMount<Deps>): void {
  const common: Omit<FaceMount<Deps>, 'path'> = {
    // A project's share covers both mounts together.
    shares: new ProjectShares(0),
    ...mount,
    face: computeFace(authenticate, identityUrl, server.limits.jsonDepth),
    projectInPath: true,
    // OpenStack's own tests delete and show things of the id "", and insist on 404.
    finalSlash: 'empty id',
    idHeaders: (requestId) => ({ 'x-openstack-request-id': requestId, 'x-compute-request-id': requestId }),
  };
  mountFace(server, {
    ...common,
    path: '/v2.1',
    undeclaredQuery: noQuery,
    versionOf: (exchange) => negotiate(exchange, versions),
    versionHeaders: (agreed) => {
      if (agreed instanceof UnsupportedVersion) return versionHeaders(agreed.requested);
      return agreed instanceof HttpFault ? {} : versionHeaders(agreed.version);
    },
  });
  mountFace(server, { ...common, path: '/v2', unknownKeys: 'drop', versionOf: () => v.initial });
}

const computeFace = (authenticate: Authenticate, identityUrl: string, depth: number): Face =>
  jsonFace({
    authenticate,
    depth,
    mediaTypes: MEDIA_TYPES,
    // Not 415, for compatibility with Nova.
    wrongMediaType: malformedBody,
    faultBody: computeFaultBody,
    faultHeaders: ({ status }) =>
      status === 401
        ? { 'Content-Type': 'application/json', ...authenticateHeader(identityUrl) }
        : { 'Content-Type': 'application/json; charset=UTF-8' },
  });
