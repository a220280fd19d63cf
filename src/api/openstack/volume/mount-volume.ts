// Mounts the volume API: versions under /v3, and the list of versions at the root.
import { HttpFault } from '../../../lib/http/http-fault.ts';
import type { HttpServer } from '../../../lib/http/http-server.ts';
import { badMediaType } from '../../../lib/http/json-body.ts';
import { authenticateHeader, computeFaultBody } from '../../pipeline/compute-fault.ts';
import { jsonFace } from '../../pipeline/json-face.ts';
import { type Mount, mountFace } from '../../pipeline/mount-face.ts';
import { mountService } from '../../pipeline/mount-service.ts';
import { negotiate, UnsupportedVersion, type VersionDialect, versionHeaders } from '../../pipeline/negotiation.ts';
import { plainFault } from '../../pipeline/plain-fault.ts';
import { ProjectShares } from '../../pipeline/project-shares.ts';
import type { PolicyGate } from '../../pipeline/site.ts';
import type { Authenticate } from '../../pipeline/token.ts';
import type { VolumeFaceDeps } from './deps.ts';
import { v, versions } from './microversions.ts';
import { volumeRoutes } from './routes.ts';
import { listVolumeVersions } from './versions/routes.ts';

export interface VolumeMount extends Omit<Mount<VolumeFaceDeps>, 'routes'> {
  readonly authenticate: Authenticate;
  readonly policy: PolicyGate;
  /** Where clients without a token can get one. */
  readonly identityUrl: string;
}

const MEDIA_TYPES = /^application\/(json|vnd\.openstack\.volume\+json)$/;

/** Larger bodies are refused, as in Cinder. */
const BODY_BYTES = 114_688;

const dialect: VersionDialect = { service: 'volume' };

/** Serves Cinder's v3. */
export function mountVolume(server: HttpServer, { authenticate, identityUrl, ...mount }: VolumeMount): void {
  const { log, publicOrigin } = mount;
  mountService(server, {
    path: '',
    routes: [listVolumeVersions],
    deps: {},
    log,
    errorBody: plainFault,
    ...(publicOrigin === undefined ? {} : { publicOrigin }),
  });
  mountFace(server, {
    shares: new ProjectShares(0),
    ...mount,
    routes: volumeRoutes,
    path: '/v3',
    projectInPath: true,
    finalSlash: 'empty id',
    bodyBytes: BODY_BYTES,
    idHeaders: (requestId) => ({ 'x-openstack-request-id': requestId, 'x-compute-request-id': requestId }),
    face: jsonFace({
      authenticate,
      depth: server.limits.jsonDepth,
      mediaTypes: MEDIA_TYPES,
      wrongMediaType: badMediaType,
      // Cinder answers 413 for an exceeded quota.
      statuses: { 'over-limit': 413 },
      faultBody: computeFaultBody,
      faultHeaders: ({ status }) => ({
        'Content-Type': 'application/json',
        ...(status === 401 ? authenticateHeader(identityUrl) : {}),
      }),
    }),
    versionOf: (exchange) => (exchange.path === '' || exchange.path === '/' ? v.initial : negotiate(exchange, versions, dialect)),
    versionHeaders: (agreed) => {
      if (agreed instanceof UnsupportedVersion) return versionHeaders(agreed.requested, dialect);
      return agreed instanceof HttpFault ? {} : versionHeaders(agreed.version, dialect);
    },
  });
}
