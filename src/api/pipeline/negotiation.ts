// Reads the microversion of a request from its two headers, and makes the version headers of the answer.
import { type Exchange, headerOf } from '../../lib/http/exchange.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Microversion, Versions } from '../../lib/versioning/microversion.ts';

const FORM = /^[1-9]\d*\.(0|[1-9]\d*)$/;

/** A well-formed version that is not supported; the answer's version headers echo it. */
export class UnsupportedVersion extends HttpFault {
  readonly requested: string;

  constructor(requested: string, { min, max }: Versions) {
    super(406, `Version ${requested} is not supported by the API. Minimum is ${min.version} and maximum is ${max.version}.`);
    this.requested = requested;
  }
}

/** How an API calls itself in the header that all services share, and its own older header. */
export interface VersionDialect {
  readonly service: string;
  readonly oldHeader?: string;
}

const nova: VersionDialect = { service: 'compute', oldHeader: 'X-OpenStack-Nova-API-Version' };

/** The requested version: the newer header wins, no header means the oldest version. */
export function negotiate(exchange: Pick<Exchange, 'headers'>, versions: Versions, dialect = nova): Microversion {
  const requested = requestedVersion(exchange, dialect);
  if (requested === undefined) return versions.min;
  if (requested.toLowerCase() === 'latest') return versions.latest;
  if (!FORM.test(requested)) {
    throw new HttpFault(400, `API Version String ${requested} is of invalid format. Must be of format MajorNum.MinorNum.`);
  }
  const found = versions.find(requested);
  if (!found) throw new UnsupportedVersion(requested, versions);
  return found;
}

/** The headers of every answer at this version, or of its refusal. */
export const versionHeaders = (version: string, { service, oldHeader } = nova): Readonly<Record<string, string | readonly string[]>> => ({
  'OpenStack-API-Version': `${service} ${version}`,
  ...(oldHeader === undefined ? {} : { [oldHeader]: version }),
  Vary: ['OpenStack-API-Version', ...(oldHeader === undefined ? [] : [oldHeader])],
});

/** Versions of other services in the shared header are ignored. */
function requestedVersion(exchange: Pick<Exchange, 'headers'>, { service, oldHeader }: VersionDialect): string | undefined {
  const shared = headerOf(exchange, 'openstack-api-version');
  for (const entry of shared?.split(',') ?? []) {
    const [named, version = ''] = entry.trim().split(/\s+/);
    if (named?.toLowerCase() === service) return version;
  }
  return oldHeader === undefined ? undefined : headerOf(exchange, oldHeader.toLowerCase())?.trim();
}
