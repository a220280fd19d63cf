import type { HttpAnswer } from '../../../lib/http/exchange.ts';
import type { Asked } from '../request/asked.ts';

/** One thing that clients can ask for. */
export interface Operation {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** What the path names. */
  readonly level: 'service' | 'bucket' | 'object';
  /** The parameter of the query that asks for it. */
  readonly parameter?: string;
  /** The header that asks for it. */
  readonly header?: string;
  readonly run: (asked: Asked) => Promise<HttpAnswer>;
}
