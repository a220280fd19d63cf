/** Objects with and without their data. */
import type { HttpAnswer } from '../../../lib/http/exchange.ts';
import type { ByteSpan, StoredObject } from '../../../objects/stored-object.ts';
import { InvalidArgument } from '../../../objectstore/errors.ts';
import { quoted } from '../answers/xml-answer.ts';
import type { Asked } from '../request/asked.ts';
import { readConditions, spanIn } from '../request/conditions.ts';
import type { Operation } from './operation.ts';

/** What a header of an answer may consist of. */
const HEADER_TEXT = /^[\t\x20-\x7e\xa0-\xff]*$/;

const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'];

/** The headers that the request wants to have in the answer instead of the object's. */
const overridesIn = (asked: Asked): Record<string, string> =>
  Object.fromEntries(
    OVERRIDES.flatMap((name) => {
      const value = asked.param(`response-${name}`);
      if (value !== undefined && !HEADER_TEXT.test(value)) throw InvalidArgument({ problem: `response-${name} is not valid.` });
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** The answer without the data. */
function answerTo(asked: Asked): (object: StoredObject, span: ByteSpan | undefined) => HttpAnswer {
  // Refused before any data is open.
  const overrides = overridesIn(asked);
  return (object, span) => ({ status: span ? 206 : 200, headers: { ...headersOf(asked, object, span), ...overrides } });
}

function headersOf(asked: Asked, object: StoredObject, span: ByteSpan | undefined): Record<string, string> {
  const { sizeBytes, etag, modifiedAt, headers, checksums } = object;
  const wantsChecksums = asked.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' && !span;
  const sums = wantsChecksums ? Object.entries(checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]) : [];
  return {
    ...headers,
    ...Object.fromEntries(sums),
    ETag: quoted(etag),
    'Last-Modified': modifiedAt.toUTCString(),
    'Accept-Ranges': 'bytes',
    'Content-Length': String(span ? span.last - span.first + 1 : sizeBytes),
    ...(span && { 'Content-Range': `bytes ${span.first}-${span.last}/${sizeBytes}` }),
  };
}

export const readOperations: readonly Operation[] = [
  {
    method: 'GET',
    level: 'object',
    run: async (asked) => {
      const answer = answerTo(asked);
      const pick = (sizeBytes: number) => spanIn(asked.header('range'), sizeBytes);
      const { object, span, chunks } = await asked.store.objects.read(asked.ctx, asked.ref, { ...readConditions(asked), pick });
      return { ...answer(object, span), body: chunks };
    },
  },
  {
    method: 'HEAD',
    level: 'object',
    run: async (asked) => {
      const answer = answerTo(asked);
      const object = await asked.store.objects.show(asked.ctx, asked.ref, readConditions(asked));
      return answer(object, spanIn(asked.header('range'), object.sizeBytes));
    },
  },
];
