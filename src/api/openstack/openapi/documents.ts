// The OpenAPI documents of one API, each generated on the first request for its version and cached as bytes.
import { openApi, type DocumentedRoute } from '../../../lib/versioning/openapi.ts';
import { perVersion, type Microversion, type Versions } from '../../../lib/versioning/microversion.ts';
import type { TSchema } from '@sinclair/typebox';

/** The description of one API in its documents. */
export interface DocumentedApi {
  readonly title: string;
  /** Where it is mounted, on the server that serves its documents: `/v2.1`. */
  readonly mount: string;
  readonly routes: readonly DocumentedRoute[];
  readonly versions: Versions;
  /** The schema of every fault. */
  readonly fault: TSchema;
  /** The version header, and its value at a version. */
  readonly versionHeader: (at: Microversion) => readonly [name: string, value: string];
}

/** The documents of an API by version number; undefined for a version that it does not have. */
export function documentsOf({ versions, mount, ...api }: DocumentedApi): (version: string) => Buffer | undefined {
  const documentAt = perVersion((at) =>
    Buffer.from(JSON.stringify(openApi(api.routes, { ...api, server: mount, at, versionHeader: api.versionHeader(at) }))),
  );
  return (version) => {
    const at = versions.find(version);
    return at && documentAt(at);
  };
}
