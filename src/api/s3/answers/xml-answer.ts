import type { HttpAnswer } from '../../../lib/http/exchange.ts';
import { xmlDocument, type XmlValue } from '../../../lib/xml/write-xml.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** An answer whose body is a document. */
export const xmlAnswer = (root: string, value: XmlValue, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({
  status: 200,
  headers: { 'Content-Type': 'application/xml', ...headers },
  body: xmlDocument(root, value, NAMESPACE),
});

/** An answer without a body. */
export const emptyAnswer = (status = 200, headers: HttpAnswer['headers'] = {}): HttpAnswer => ({ status, headers });

export const quoted = (etag: string): string => `"${etag}"`;
