// The OpenAPI documents of one API, each made when somebody first asks for its version and kept as the bytes that go out.
import { openApi, type DocumentedRoute } from '../../../lib/versioning/openapi.ts';
import { perVersion, type Microversion, type Versions } from '../../../lib/versioning/microversion.ts';
import type { TSchema } from '@sinclair/typebox';

/** One API as its documents tell of it. */
export interface DocumentedApi {
  readonly title: string;
  /** Where it is mounted, on the server that serves its documents: `/v2.1`. */
  readonly mount: string;
  readonly routes: readonly DocumentedRoute[];
  readonly versions: Versions;
  /** What any fault looks like. */
  readonly fault: TSchema;
  /** The header by which a client asks for a version, and what it says. */
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
