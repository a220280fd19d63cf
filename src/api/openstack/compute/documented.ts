// What the OpenAPI documents of the compute API are made of.
import { Type as t } from '@sinclair/typebox';
import { versions } from '../../../microversions.ts';
import type { DocumentedApi } from '../openapi/documents.ts';
import { computeRoutes } from './routes.ts';

/** A fault: one key named after the status, with code and message. */
const fault = t.Unsafe({
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: {
    type: 'object',
    properties: { code: { type: 'integer' }, message: { type: 'string' } },
    required: ['code', 'message'],
  },
});

/** The compute API, with every version that it has. */
export const documentedCompute: DocumentedApi = {
  title: 'Compute',
  mount: '/v2.1',
  routes: computeRoutes,
  versions,
  fault,
  versionHeader: ({ version }) => ['OpenStack-API-Version', `compute ${version}`],
};
