// The OpenAPI 3.1 document of an API at one version, derived from its routes: schemas are already JSON Schema and are included unchanged.
import type { TSchema } from '@sinclair/typebox';
import { live, type Microversion, type Window } from './microversion.ts';
import type { View } from './resource.ts';

/** What the document needs to know of a route. */
export interface DocumentedRoute extends Window {
  readonly method: string;
  /** A template such as `/servers/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** The body key that distinguishes routes of the same method and path. */
  readonly action?: string;
  readonly policy?: string;
  readonly auth?: 'token' | 'none';
  readonly query?: { readonly schemaAt: (at: Microversion) => TSchema };
  readonly body?: { readonly schemaAt: (at: Microversion) => TSchema };
  readonly answers: {
    readonly schemaAt: (at: Microversion) => TSchema | undefined;
    readonly render?: (value: unknown, view: View) => unknown;
  };
  /** Documentation that is not in the route itself: its policy rule, and examples of a request body and an answer. */
  readonly documented?: { readonly rule?: string; readonly body?: (at: Microversion) => unknown; readonly answer?: unknown };
  readonly statusAt: (at: Microversion) => number;
}

export interface OpenApiOptions {
  readonly title: string;
  /** The base URL of the paths, e.g. `http://host:8774/v2.1`. */
  readonly server: string;
  readonly at: Microversion;
  /** The schema of any fault; without it faults are not documented. */
  readonly fault?: TSchema;
  /** The header with which a client requests the version, and its value. */
  readonly versionHeader?: readonly [name: string, value: string];
}

type Json = Readonly<Record<string, unknown>>;

/** The document; routes that are not live at the version are left out, actions of one path become alternatives. */
export function openApi(routes: readonly DocumentedRoute[], options: OpenApiOptions): Json {
  const { title, server, at } = options;
  const shown = routes.filter((route) => live(route, at));
  // Paths that differ only in parameter names are the same path; it is documented with the names of the first route.
  const paths = Map.groupBy(shown, ({ path }) => shown.find((other) => shapeOf(other.path) === shapeOf(path))?.path ?? path);
  return {
    openapi: '3.1.0',
    info: { title, version: at.version, description: at.summary },
    servers: [{ url: server }],
    paths: Object.fromEntries([...paths].map(([path, found]) => [path, pathItem(path, found, options)])),
    components: {
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
      ...(options.fault ? { responses: { fault: { description: 'What is wrong.', content: json(options.fault) } } } : {}),
      ...(options.versionHeader ? { parameters: { version: headerParameter(...options.versionHeader) } } : {}),
    },
  };
}

const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');

const headerParameter = (name: string, value: string): Json => ({ name, in: 'header', required: true, schema: { const: value } });

function pathItem(path: string, routes: readonly DocumentedRoute[], options: OpenApiOptions): Json {
  const methods = Map.groupBy(routes, ({ method }) => method.toLowerCase());
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const parameters = [...inPath, ...(options.versionHeader ? [{ $ref: '#/components/parameters/version' }] : [])];
  const operations = [...methods].map(([method, found]) => [method, operation(found, options)]);
  return { ...(parameters.length > 0 ? { parameters } : {}), ...Object.fromEntries(operations) };
}

function operation(routes: readonly DocumentedRoute[], { at, fault }: OpenApiOptions): Json {
  const bodies = routes.flatMap(({ body }) => (body ? [body.schemaAt(at)] : []));
  const sent = routes.find(({ documented }) => documented?.body !== undefined)?.documented?.body?.(at);
  const statuses = Map.groupBy(routes, (route) => String(route.statusAt(at)));
  return {
    summary: routes.map(({ summary }) => summary).join(' '),
    operationId: operationId(routes),
    security: routes.every(({ auth }) => auth === 'none') ? [] : [{ token: [] }],
    parameters: routes.flatMap(({ query }) => (query ? queryParameters(query.schemaAt(at)) : [])),
    ...(bodies.length > 0 ? { requestBody: { required: true, content: json(oneOf(bodies), sent) } } : {}),
    responses: {
      ...Object.fromEntries([...statuses].map(([status, found]) => [status, response(found, at)])),
      ...(fault ? { default: { $ref: '#/components/responses/fault' } } : {}),
    },
    ...policies(routes),
  };
}

/** Method and path words, such as `get_servers_id`: unique because method and path are. */
function operationId(routes: readonly DocumentedRoute[]): string {
  const [first] = routes;
  return `${first?.method.toLowerCase() ?? ''}${first?.path.replaceAll(/\W+/g, '_').replace(/_$/, '') ?? ''}`;
}

const policies = (routes: readonly DocumentedRoute[]): Json => {
  const rules = routes.flatMap(({ policy, documented }) => policy ?? documented?.rule ?? []);
  return rules.length > 0 ? { 'x-policy': rules } : {};
};

/** Repeatable parameters are arrays with one `name=value` per item, the default query style of OpenAPI. */
const queryParameters = (schema: TSchema): Json[] =>
  Object.entries(Object(schema['properties'])).map(([name, one]) => ({ name, in: 'query', required: false, schema: one }));

function response(routes: readonly DocumentedRoute[], at: Microversion): Json {
  const schemas = routes.flatMap(({ answers }) => answers.schemaAt(at) ?? []);
  const description = routes.map(({ summary }) => summary).join(' ');
  return schemas.length > 0 ? { description, content: json(oneOf(schemas), answerExample(routes, at)) } : { description };
}

/** An example answer as seen by a caller with all rights. */
function answerExample(routes: readonly DocumentedRoute[], at: Microversion): unknown {
  const shown = routes.find(({ documented }) => documented?.answer !== undefined);
  return shown?.answers.render?.(shown.documented?.answer, { at, may: () => true, baseUrl: '', bookmarkUrl: '' });
}

const json = (schema: unknown, example?: unknown): Json => ({
  'application/json': { schema, ...(example === undefined ? {} : { example }) },
});

const oneOf = (schemas: readonly TSchema[]): unknown => (schemas.length === 1 ? schemas[0] : { oneOf: schemas });
