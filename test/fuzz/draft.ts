import type { Route } from '../../src/api/pipeline/route.ts';
import type { Microversion } from '../../src/lib/versioning/microversion.ts';
import type { ApiTable } from '../support/api-tables.ts';

/** A request while attacks modify it. */
export interface Draft {
  readonly table: ApiTable;
  readonly route: Route<never>;
  readonly at: Microversion;
  method: string;
  target: string;
  headers: Record<string, string>;
  /** A JSON value, or a text that is sent unchanged. */
  body: unknown;
  /** The path, query, version, token or method can only be refused. */
  isDoomed: boolean;
  /** Not HTTP: any layer may refuse it in its own way. */
  isBroken: boolean;
}
