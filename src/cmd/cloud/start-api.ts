import type { ComputeFaceDeps } from '../../api/openstack/compute/deps.ts';
import { documentedCompute } from '../../api/openstack/compute/documented.ts';
import { computeRoutes } from '../../api/openstack/compute/routes.ts';
import { listVersions } from '../../api/openstack/compute/versions/routes.ts';
import { mountIdentity } from '../../api/openstack/identity/mount-identity.ts';
import { mountImage } from '../../api/openstack/image/mount-image.ts';
import { mountNetwork } from '../../api/openstack/network/mount-network.ts';
import { mountVolume } from '../../api/openstack/volume/mount-volume.ts';
import { mountOpenApi } from '../../api/openstack/openapi/mount-openapi.ts';
import { type ComputeMount, mountCompute } from '../../api/pipeline/mount-compute.ts';
import { mountService } from '../../api/pipeline/mount-service.ts';
import { plainFault } from '../../api/pipeline/plain-fault.ts';
import { mountOperator, type OperatorFaceDeps } from '../../api/operator/mount-operator.ts';
import { endOfEvents, readEvents } from '../../db/stores/cloud/event-feed.ts';
import { readHops } from '../../db/stores/cloud/request-story.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { authenticateBy } from '../../identity/authenticate.ts';
import type { HttpServer } from '../../lib/http/http-server.ts';
import { recoverImages } from '../../image/recover.ts';
import { gateOf, type Policy } from '../../policy/policy.ts';
import { builtinServerVolumes } from '../../volume/builtin-server-volumes.ts';
import { bootstrap } from '../bootstrap/bootstrap.ts';
import { REGION } from '../bootstrap/client-files.ts';
import { type NovaConfig, type PublicApi, publicEndpointOf, publicUrlOf } from '../nova-config.ts';
import { catalogOf } from './catalog.ts';
import { schedulerApi } from './scheduling-rules.ts';
import { ServiceApi } from '../../compute/fleet/service-api.ts';
import { openComputeFace } from './compute-face.ts';
import { needingSpace } from './disk-space.ts';
import { listen, openGuard } from './http.ts';
import { openAccessKeys, openIdentity, openIdentityAdmin, openTokens } from './identity.ts';
import { openIdempotency } from './idempotency.ts';
import { openImages, openImageStore } from './images.ts';
import { openNetworks } from './networks.ts';
import { openPolicy } from './policy.ts';
import { firstHops, recordRequests } from './request-hops.ts';
import type { Endpoints } from './ready-file.ts';
import type { Shared } from './shared.ts';
import { startEc2 } from './start-ec2.ts';
import { startMetadata } from './start-metadata.ts';
import { openVolumes } from './volumes.ts';

/** How long one upload may take, in milliseconds; image data may arrive slowly. */
const UPLOAD_MS = 6 * 3_600_000;

/** How often to look for abandoned uploads, whose process died or could not reach the database at their end. */
const RECOVER_IMAGES_EVERY_MS = 60_000;

/** Starts every API: identity, compute, image, network, volume, operator and metadata; creates the contents of a new cloud. */
export async function startApi(shared: Shared): Promise<Endpoints> {
  const { runtime, tracer, group } = shared;
  const { log, config, life, host } = runtime;
  const identity = openIdentity(shared);
  const [policy, images] = await Promise.all([openPolicy(runtime), openImages(shared)]);
  await keepImagesRecovered(shared);
  await needingSpace(runtime.stateDir, () => bootstrap(shared, images));

  const networks = openNetworks(shared, policy);
  const volumes = openVolumes(shared, policy, images);
  const gate = gateOf(policy);
  const identityUrl = publicUrlOf(config, 'identity');
  const tokens = openTokens(shared);
  const authenticate = firstHops(authenticateBy(tokens));
  const { shares, isPressed } = openGuard(shared);
  const common = { log, authenticate, identityUrl, shares };
  const guarded = (service: string) => ({ isPressed, observe: recordRequests(tracer, runtime, service) });

  const compute = openComputeFace(shared, { policy, images, networks, volumes, serverVolumes: builtinServerVolumes(volumes), identity });
  const idempotency = openIdempotency(shared);
  const endpoints = {
    identity: await listen(shared, 'identity', (server) => mountIdentityFace(server, shared, { identity, policy, tokens }), { isPressed }),
    compute: await listen(
      shared,
      'compute',
      (server) => mountComputeFace(server, { deps: compute, policy: gate, idempotency, ...linksOf(config, 'compute'), ...common }),
      guarded('api'),
    ),
    ec2: await startEc2(shared, { compute, images, policy, idempotency }),
    image: await listen(shared, 'image', (server) => mountImage(server, { images, ...linksOf(config, 'image'), ...common }), {
      limits: { requestMs: UPLOAD_MS },
      ...guarded('image-api'),
    }),
    network: await listen(
      shared,
      'network',
      (server) => mountNetwork(server, { network: networks, policy: gate, ...linksOf(config, 'network'), ...common }),
      guarded('network-api'),
    ),
    volume: await listen(
      shared,
      'volume',
      (server) =>
        mountVolume(server, {
          deps: { volumes },
          policy: gate,
          ...linksOf(config, 'volume'),
          ...common,
        }),
      guarded('volume-api'),
    ),
    // Without overload protection: operators use it to find out what is wrong.
    operator: await listen(shared, 'operator', (server) =>
      mountOperator(server, { deps: operatorDeps(shared, policy), policy: gate, log, authenticate }),
    ),
    ...(await startMetadata(shared, { isPressed })),
  };
  await group.join([{ binary: 'nova-api', host }], life.signal);
  return endpoints;
}

/** Where the links of an API begin, if the operator says so. */
function linksOf(config: NovaConfig, name: PublicApi): { readonly publicOrigin?: string } {
  const publicOrigin = publicEndpointOf(config, name);
  return publicOrigin === undefined ? {} : { publicOrigin };
}

const operatorDeps = ({ db, group, runtime: { config } }: Shared, policy: Policy): OperatorFaceDeps => ({
  placement: schedulerApi(db, config, group),
  services: new ServiceApi({ db, policy, group, internalZone: config.DEFAULT.internal_service_availability_zone }),
  hopsOf: (requestId) => readHops(db, requestId),
  events: { read: (after, limit) => readEvents(db, after, limit), now: () => endOfEvents(db) },
});

/** Ends abandoned uploads, now and at intervals. */
async function keepImagesRecovered({ runtime, db }: Shared): Promise<void> {
  const { clock, log, life } = runtime;
  const store = await openImageStore(runtime);
  const recover = async () => void (await recoverImages({ db, store }));
  await recover();
  life.run(
    'the image checks',
    repeat({ name: 'look for abandoned uploads', everyMs: RECOVER_IMAGES_EVERY_MS, run: recover }, { clock, log, signal: life.signal }),
  );
}

interface IdentityParts {
  readonly identity: ReturnType<typeof openIdentity>;
  readonly policy: Policy;
  readonly tokens: ReturnType<typeof openTokens>;
}

/** The identity API with the catalog. */
function mountIdentityFace(server: HttpServer, shared: Shared, { identity, policy, tokens }: IdentityParts): void {
  const { clock, config, log } = shared.runtime;
  const admin = openIdentityAdmin(shared, identity, policy);
  const deps = { identity, admin, accessKeys: openAccessKeys(shared), clock, region: REGION, catalog: catalogOf(config) };
  const authenticate = authenticateBy(tokens, 'identity');
  mountIdentity(server, { deps, policy: gateOf(policy), log, authenticate, ...linksOf(config, 'identity') });
}

/** The compute API with its list of versions and its documents. */
function mountComputeFace(server: HttpServer, face: Omit<ComputeMount<ComputeFaceDeps>, 'routes'>): void {
  const { log } = face;
  const { publicOrigin } = face;
  mountService(server, {
    path: '',
    routes: [listVersions],
    deps: {},
    log,
    errorBody: plainFault,
    ...(publicOrigin !== undefined && { publicOrigin }),
  });
  mountOpenApi(server, { api: documentedCompute, log });
  mountCompute(server, { routes: computeRoutes, ...face });
}
