import type { ComputeFaceDeps } from '../../api/openstack/compute/deps.ts';
import { mountEc2 } from '../../api/ec2/mount-ec2.ts';
import type { IdempotencyKeys } from '../../api/pipeline/idempotency.ts';
import { NumberedServersApi } from '../../compute/servers/numbered-servers-api.ts';
import type { ImageApi } from '../../image/api.ts';
import { gateOf, type Policy } from '../../policy/policy.ts';
import { REGION } from '../bootstrap/client-files.ts';
import { publicUrlOf } from '../nova-config.ts';
import { EC2_PATH } from './catalog.ts';
import { listen, openGuard } from './http.ts';
import { openAccessKeys } from './identity.ts';
import { recordRequests } from './request-hops.ts';
import type { Shared } from './shared.ts';

/** The components that it shares with the other APIs. */
export interface Ec2Neighbours {
  readonly compute: ComputeFaceDeps;
  readonly images: ImageApi;
  readonly policy: Policy;
  readonly idempotency: IdempotencyKeys;
}

/** Starts the EC2 API. */
export async function startEc2(shared: Shared, { compute, images, policy, idempotency }: Ec2Neighbours): Promise<string> {
  const { runtime, db, tracer } = shared;
  const { log, clock, config } = runtime;
  const { shares, isPressed } = openGuard(shared);
  const numbered = new NumberedServersApi({ db, policy });
  const deps = { ...compute, numbered, images, clock, region: REGION, endpoint: `${publicUrlOf(config, 'ec2')}${EC2_PATH}` };
  const mount = { deps, accessKeys: openAccessKeys(shared), clock, policy: gateOf(policy), shares, idempotency, log };
  return await listen(shared, 'ec2', (server) => mountEc2(server, mount), {
    isPressed,
    observe: recordRequests(tracer, runtime, 'ec2-api'),
  });
}
