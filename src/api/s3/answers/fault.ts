/** Errors in the form of S3. */
import type { Exchange, HttpAnswer } from '../../../lib/http/exchange.ts';
import { xmlDocument } from '../../../lib/xml/write-xml.ts';
import { InvalidRange, NotModified } from '../../../objectstore/errors.ts';
import { type Fault, faultOf } from '../../pipeline/fault.ts';
import { MethodNotAllowed, MissingContentLength } from '../errors.ts';
import { quoted } from './xml-answer.ts';

/** Statuses that differ from those of an error's kind. */
const STATUSES: Readonly<Record<string, number>> = {
  [InvalidRange.code]: 416,
  [NotModified.code]: 304,
  [MethodNotAllowed.code]: 405,
  [MissingContentLength.code]: 411,
};

/** The codes of faults that have no name of their own. */
const CODES: Readonly<Record<number, string>> = {
  400: 'InvalidRequest',
  408: 'RequestTimeout',
  413: 'EntityTooLarge',
  429: 'SlowDown',
  503: 'SlowDown',
};

const codeOf = ({ code, status }: Fault): string => {
  if (code === 'PolicyForbidden') return 'AccessDenied';
  return code ?? CODES[status] ?? 'InternalError';
};

/** What a client is told of an error. */
export function faultAnswer(error: unknown, exchange: Exchange, fault = faultOf(error, exchange.requestId)): HttpAnswer {
  const status = (fault.code === undefined ? undefined : STATUSES[fault.code]) ?? (fault.status === 429 ? 503 : fault.status);
  const headers = { ...fault.headers, ...headersOf(error), 'Content-Type': 'application/xml' };
  if (exchange.method === 'HEAD' || status === 304) return { status, headers };
  const { requestId, fullPath } = exchange;
  const value = { Code: codeOf(fault), Message: fault.message, Resource: fullPath, RequestId: requestId, HostId: requestId };
  return { status, headers, body: xmlDocument('Error', value) };
}

function headersOf(error: unknown): Record<string, string> {
  if (NotModified.is(error)) return { ETag: quoted(error.params.etag), 'Last-Modified': error.params.modifiedAt.toUTCString() };
  return InvalidRange.is(error) ? { 'Content-Range': `bytes */${error.params.sizeBytes}` } : {};
}
