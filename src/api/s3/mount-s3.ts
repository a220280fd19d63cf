// Mounts the S3 API: who sent it, what is asked for, one call, the answer.
import type { AccessKeyApi } from '../../identity/access-key-api.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Exchange, HttpAnswer } from '../../lib/http/exchange.ts';
import type { HttpServer } from '../../lib/http/http-server.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ObjectStoreApi } from '../../objectstore/api.ts';
import { faultOf } from '../pipeline/fault.ts';
import type { ProjectShares } from '../pipeline/project-shares.ts';
import { faultAnswer } from './answers/fault.ts';
import { operationFor } from './operations/index.ts';
import { Asked } from './request/asked.ts';
import { callerOf } from './request/caller.ts';
import { placeOf } from './request/place.ts';

export interface S3Mount {
  readonly store: ObjectStoreApi;
  readonly accessKeys: AccessKeyApi;
  readonly clock: Clock;
  readonly log: Log;
  readonly shares: ProjectShares;
  /** Whose subdomains are buckets. */
  readonly domains: readonly string[];
}

/** Serves S3 at the root. */
export function mountS3(server: HttpServer, mount: S3Mount): void {
  server.mount(
    '',
    (exchange) => answered(exchange, mount),
    (fault, exchange) => withIds(exchange, faultAnswer(fault, exchange)),
  );
}

async function answered(exchange: Exchange, mount: S3Mount): Promise<HttpAnswer> {
  try {
    return withIds(exchange, await served(exchange, mount));
  } catch (error) {
    const fault = faultOf(error, exchange.requestId);
    const { requestId, method, fullPath } = exchange;
    if (fault.unexpected) mount.log.error({ err: error, requestId, method, path: fullPath }, 'a request failed with an unexpected error');
    return withIds(exchange, faultAnswer(error, exchange, fault));
  }
}

async function served(exchange: Exchange, { store, shares, domains, ...deps }: S3Mount): Promise<HttpAnswer> {
  const place = placeOf(exchange, domains);
  const caller = await callerOf(exchange, place, deps);
  const level = place.key !== undefined ? 'object' : place.bucket === undefined ? 'service' : 'bucket';
  const { run } = operationFor({ ...exchange, level });
  return await shares.within(caller.ctx, () => run(new Asked(exchange, place, { caller, store })));
}

const withIds = ({ requestId }: Exchange, answer: HttpAnswer): HttpAnswer => ({
  ...answer,
  headers: { ...answer.headers, 'x-amz-request-id': requestId, 'x-amz-id-2': requestId },
});
