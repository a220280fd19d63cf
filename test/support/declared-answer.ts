/** Compares every answer of the compute API in tests with the API's declarations at that version. */
import { computeRoutes } from '../../src/api/openstack/compute/routes.ts';
import { decodedSegments, PathRouter } from '../../src/lib/http/path-router.ts';
import { live } from '../../src/lib/versioning/microversion.ts';
import { errorsOf } from '../../src/lib/versioning/validation.ts';
import { versions } from '../../src/microversions.ts';
import type { Answer } from './ask.ts';

const router = new PathRouter(computeRoutes);

/** The request; its path is below `/v2.1`, or begins with a version. */
export interface AskedOfCompute {
  readonly method: string;
  readonly path: string;
  readonly version: string;
  readonly body: unknown;
}

/** Fails if a successful answer does not have the declared shape, or has no route at that version. */
export function checkDeclared(answer: Answer, asked: AskedOfCompute): void {
  if (answer.status >= 300) return;
  const at = versions.find(asked.version) ?? versions.min;
  const segments = decodedSegments(asked.path.replace(/\?.*/, '').replace(/^\/v2(\.1)?(?=\/)/, '')) ?? [];
  const [action] = Object.keys(Object(asked.body));
  const route = router
    .match(segments)
    ?.methods.get(asked.method)
    ?.find((one) => live(one, at) && (one.action === undefined || one.action === action));
  if (!route) throw new Error(`${asked.method} ${asked.path} was answered by no route that there is at ${at.version}`);
  const schema = route.answers.schemaAt(at);
  const faults = schema ? errorsOf(schema, answer.body) : [];
  if (faults.length > 0) throw new Error(`${asked.method} ${asked.path} at ${at.version}: ${JSON.stringify(faults[0])}`);
}
