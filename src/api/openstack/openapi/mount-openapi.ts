// Serves the OpenAPI documents of an API beside it, without a token: they contain nothing beyond the public source.
import { Readable } from 'node:stream';
import { Type as t } from '@sinclair/typebox';
import type { HttpServer } from '../../../lib/http/http-server.ts';
import { notFound } from '../../../lib/http/http-fault.ts';
import type { Log } from '../../../lib/log/log.ts';
import { bytes, exactly } from '../../pipeline/answer.ts';
import { computeFaultBody } from '../../pipeline/compute-fault.ts';
import { mountService } from '../../pipeline/mount-service.ts';
import { ok, route } from '../../pipeline/route.ts';
import { documentsOf, type DocumentedApi } from './documents.ts';

interface Deps {
  readonly documentOf: (version: string) => Buffer | undefined;
  readonly versions: DocumentedApi['versions'];
}

const index = t.Object({
  versions: t.Array(t.Object({ version: t.String(), summary: t.String(), href: t.String() }, { additionalProperties: false })),
});

const listDocuments = route({
  method: 'GET',
  path: '/compute',
  summary: 'List the versions of the compute API with links to their OpenAPI documents.',
  auth: 'none',
  status: 200,
  answers: exactly(index),
  handle: ({ bookmarkUrl }, { versions }: Deps) =>
    ok({
      versions: versions.all.map(({ version, summary }) => ({
        version,
        summary,
        href: `${bookmarkUrl}/openapi/compute/${version}.json`,
      })),
    }),
});

const showDocument = route({
  method: 'GET',
  path: '/compute/{file}',
  summary: 'Show the OpenAPI document of the compute API at a version, 2.N.json.',
  auth: 'none',
  status: 200,
  answers: bytes,
  handle: ({ params }, { documentOf }: Deps) => {
    const [, version = ''] = /^(.*)\.json$/.exec(params.file) ?? [];
    const document = documentOf(version);
    if (!document) throw notFound();
    return ok({ stream: Readable.from([document]), contentType: 'application/json', contentLength: document.length });
  },
});

/** The routes of the documents. */
export const openApiRoutes = [listDocuments, showDocument];

/** Serves `/openapi/compute` and `/openapi/compute/2.N.json`. */
export function mountOpenApi(server: HttpServer, { api, log }: { readonly api: DocumentedApi; readonly log: Log }): void {
  mountService(server, {
    path: '/openapi',
    routes: openApiRoutes,
    deps: { documentOf: documentsOf(api), versions: api.versions },
    log,
    errorBody: (status, _title, message) => computeFaultBody({ status, message, headers: {} }),
  });
}
