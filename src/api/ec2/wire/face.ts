/** How EC2 speaks: forms in, XML out. */
import { isPlainText } from '../../../lib/http/plain-text.ts';
import { xmlDocument, type XmlValue } from '../../../lib/xml/write-xml.ts';
import type { Face, Identify } from '../../pipeline/face.ts';
import * as errors from '../errors.ts';
import { codeOf, STATUSES } from './codes.ts';

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const headers = { 'Content-Type': 'text/xml;charset=UTF-8' };

/** The parameters of a request, without those of its signature. */
export interface Ec2Form {
  readonly action: string;
  readonly params: Readonly<Record<string, string>>;
}

const OF_SIGNATURES = /^(Action|Version|AWSAccessKeyId|Signature(Method|Version)?|Timestamp|Expires|SecurityToken|X-Amz-.*)$/;

const ownCodes = new Set(Object.values(errors).map(({ code }) => code));

/** So much of an unknown name is told. */
const MAX_TOLD = 255;

/** The face; `identify` finds out who signed a request. */
export const ec2Face = (identify: Identify, actions: ReadonlySet<string>): Face => ({
  identify,
  decode: (body, { method, query }): Ec2Form => {
    const form = method === 'POST' ? new URLSearchParams(body.toString('utf8')) : query;
    const pairs = [...form].filter(([name]) => !OF_SIGNATURES.test(name));
    // The database cannot hold it.
    if (!pairs.flat().every(isPlainText))
      throw errors.InvalidParameterValue({ problem: 'A parameter has a character that cannot be stored.' });
    return { action: form.get('Action') ?? '', params: Object.fromEntries(pairs) };
  },
  actionOf: (decoded) => {
    const action: unknown = Object(decoded).action;
    if (typeof action !== 'string' || action === '') throw errors.MissingParameter({ name: 'Action' });
    if (!actions.has(action)) throw errors.InvalidAction({ action: action.slice(0, MAX_TOLD) });
    return action;
  },
  encode: (value, { exchange: { requestId }, action = '' }) => ({
    headers,
    // Seam: the handlers of this API return such values.
    body: xmlDocument(`${action}Response`, { requestId, ...(value as Readonly<Record<string, XmlValue>>) }, NAMESPACE),
  }),
  faults: {
    statuses: STATUSES,
    tell: (fault, { requestId }) => {
      const error = { Code: codeOf(fault, ownCodes), Message: fault.message };
      return { headers, body: xmlDocument('Response', { Errors: { Error: error }, RequestID: requestId }) };
    },
  },
});
