// Which microversion a request is for, from its two headers; and the headers by which the answer says so.
import { type Exchange, headerOf } from '../../lib/http/exchange.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Microversion, Versions } from '../../lib/versioning/microversion.ts';

const FORM = /^[1-9]\d*\.(0|[1-9]\d*)$/;

/** A version that was understood but is not served: the answer's version headers echo it. */
export class UnsupportedVersion extends HttpFault {
  readonly requested: string;

  constructor(requested: string, { min, max }: Versions) {
    super(406, `Version ${requested} is not supported by the API. Minimum is ${min.version} and maximum is ${max.version}.`);
    this.requested = requested;
  }
}

/** The version asked for: the newer header wins, no header means the oldest version. */
export function negotiate(exchange: Pick<Exchange, 'headers'>, versions: Versions): Microversion {
  const requested = requestedVersion(exchange);
  if (requested === undefined) return versions.min;
  if (requested.toLowerCase() === 'latest') return versions.latest;
  if (!FORM.test(requested)) {
    throw new HttpFault(400, `API Version String ${requested} is of invalid format. Must be of format MajorNum.MinorNum.`);
  }
  const found = versions.find(requested);
  if (!found) throw new UnsupportedVersion(requested, versions);
  return found;
}

/** What every answer at this version (or refusing it) carries. */
export const versionHeaders = (version: string): Readonly<Record<string, string | readonly string[]>> => ({
  'OpenStack-API-Version': `compute ${version}`,
  'X-OpenStack-Nova-API-Version': version,
  Vary: ['OpenStack-API-Version', 'X-OpenStack-Nova-API-Version'],
});

/** Another service's version in the shared header says nothing about ours. */
function requestedVersion(exchange: Pick<Exchange, 'headers'>): string | undefined {
  const shared = headerOf(exchange, 'openstack-api-version');
  for (const entry of shared?.split(',') ?? []) {
    const [service, version = ''] = entry.trim().split(/\s+/);
    if (service?.toLowerCase() === 'compute') return version;
  }
  return headerOf(exchange, 'x-openstack-nova-api-version')?.trim();
}
