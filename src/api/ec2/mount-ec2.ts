// Mounts the EC2 API: a face of the pipeline, at the path that Nova had and at the root, where clients of today look.
import type { AccessKeyApi } from '../../identity/access-key-api.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Exchange, HttpHandler } from '../../lib/http/exchange.ts';
import type { HttpServer } from '../../lib/http/http-server.ts';
import { type Mount, mountFace } from '../pipeline/mount-face.ts';
import { routesOf } from './action.ts';
import { ec2Actions } from './actions/index.ts';
import type { Ec2Deps } from './deps.ts';
import { ec2Face } from './wire/face.ts';
import { bySignature } from './wire/identify.ts';

export interface Ec2Mount extends Omit<Mount<Ec2Deps>, 'routes'> {
  readonly accessKeys: AccessKeyApi;
  readonly clock: Clock;
}

const idHeaders = (requestId: string) => ({ 'x-amzn-requestid': requestId });

const PATHS = ['/services/Cloud', ''];

/** Serves every action. */
export function mountEc2(server: HttpServer, { accessKeys, clock, ...mount }: Ec2Mount): void {
  const face = ec2Face(bySignature({ accessKeys, clock }), new Set(ec2Actions.map(({ name }) => name)));
  const routes = ec2Actions.flatMap(routesOf);
  for (const path of PATHS) mountFace(withTokens(server), { ...mount, path, face, routes, idHeaders });
}

/** A client token is EC2's idempotency key. It is in the form, so this reads the body, which the caller's signature covers anyway. */
function withTokens(server: HttpServer): HttpServer {
  const tokened =
    (handler: HttpHandler): HttpHandler =>
    async (exchange) =>
      await handler(await withToken(exchange, server.limits.bodyBytes));
  return { ...server, mount: (path, handler, refuse) => server.mount(path, tokened(handler), refuse) };
}

async function withToken(exchange: Exchange, maxBytes: number): Promise<Exchange> {
  if (exchange.method !== 'POST') return exchange;
  // One that cannot be read is refused where it is read again.
  const arriving = exchange.body(maxBytes);
  const body = async () => await arriving;
  const form = new URLSearchParams(String(await arriving.catch(() => '')));
  // A dry run does nothing that could be repeated, and must not take the token of the request that it tries.
  const token = form.get('DryRun')?.toLowerCase() === 'true' ? null : form.get('ClientToken');
  return { ...exchange, body, ...(token !== null && { headers: { ...exchange.headers, 'idempotency-key': token } }) };
}
