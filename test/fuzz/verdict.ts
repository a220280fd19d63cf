/** Whether the answer to a hostile request is right and, beforehand, whether the request must be refused. */
import { defaultLimits } from '../../src/lib/http/limits.ts';
import { parseJson } from '../../src/lib/http/json-body.ts';
import type { Route } from '../../src/api/pipeline/route.ts';
import { live } from '../../src/lib/versioning/microversion.ts';
import { errorsOf } from '../../src/lib/versioning/validation.ts';
import type { FuzzCase } from './case.ts';
import type { RawAnswer } from './wire.ts';

/** Whether the request must be refused. */
export function mustBeRefused({ draft, request }: FuzzCase): boolean {
  const { table, at, isDoomed } = draft;
  if (isDoomed) return true;
  const served = servedBy(draft);
  if (!served.some(({ body }) => body !== undefined)) return served.length === 0;
  const text = request.body ?? '';
  if (Buffer.byteLength(text) > defaultLimits.bodyBytes) return true;
  try {
    const raw = parseJson(text, defaultLimits.jsonDepth);
    const meant = served.find(({ action }) => action === undefined || action === actionIn(raw));
    if (meant === undefined) return true;
    meant.body?.parse(raw, at, { unknownKeys: table.unknownKeys });
    return false;
  } catch {
    return true;
  }
}

/** All routes at its path and version that could serve it. */
const servedBy = ({ table, route, at }: FuzzCase['draft']): Route<never>[] =>
  table.routes.filter((one) => one.method === route.method && shapeOf(one.path) === shapeOf(route.path) && live(one, at));

const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}/g, '{}');

/** The only key of a body. */
function actionIn(raw: unknown): string | undefined {
  const [key, ...others] = Object.keys(Object(raw));
  return others.length > 0 ? undefined : key;
}

/** Requests that never change anything. */
export const isReading = ({ request }: FuzzCase): boolean => request.method === 'GET' || request.method === 'HEAD';

/** What no public message may contain: source locations, queries, stack traces. */
const LEAKS = /\.ts:\d|node:internal|\bat [\w.]+ \(|\bselect .+ from\b|\binsert into\b|postgres|duplicate key|violates|\/node_modules\//i;

/** The field that shows the traceback of a failed action, to administrators only. */
const OWN_TRACE = /"traceback":"(?:[^"\\]|\\.)*"/g;

/** Statuses of HTTP itself, which any layer may send in its own shape. */
const OF_HTTP = [400, 404, 405, 408, 413, 414, 431, 501, 505];

/** What is wrong with an answer; undefined when nothing is. */
export function wrongIn(one: FuzzCase, answer: RawAnswer): string | undefined {
  const { draft, request } = one;
  if (answer.kind === 'hung') return 'no answer in time';
  if (answer.kind === 'closed') return draft.isBroken ? undefined : 'the connection was closed without an answer';
  const { status, text, headers } = answer;
  if (draft.isBroken && OF_HTTP.includes(status)) return undefined;
  if (request.method === 'HEAD') return status >= 500 ? `answered ${status}` : undefined;
  if (LEAKS.test(text.replaceAll(OWN_TRACE, ''))) return `answered ${status} with too much: ${text.slice(0, 300)}`;
  const refused = mustBeRefused(one);
  if (status >= 500) return status === 501 && !refused ? undefined : `answered ${status}: ${text.slice(0, 300)}`;
  if (status < 400)
    return refused && !isReading(one) ? `accepted with ${status}: ${text.slice(0, 300)}` : wrongSuccess(one, answer.text, status);
  const body = parsed(text);
  if (!draft.table.shape({ status, headers: new Headers(), body })) return `answered ${status} in a strange shape: ${text.slice(0, 300)}`;
  if (!headers['content-type']?.startsWith('application/json')) return `answered ${status} as ${headers['content-type']}`;
  return headers['x-openstack-request-id'] === undefined ? `answered ${status} without a request id` : undefined;
}

/** A successful answer has the shape that the route declares at its version. */
function wrongSuccess({ draft, request }: FuzzCase, text: string, status: number): string | undefined {
  const { route, at, isDoomed } = draft;
  const schema = route.answers.schemaAt(at);
  if (
    isDoomed ||
    // Another route of this path answers then.
    !live(route, at) ||
    schema === undefined ||
    status >= 300 ||
    request.method !== route.method ||
    request.headers['openstack-api-version'] !== undefined
  )
    return undefined;
  const [error] = errorsOf(schema, parsed(text));
  return (
    error && `answered what is not declared: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}: ${text.slice(0, 300)}`
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
