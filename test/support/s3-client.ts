/** A client of the S3 API that signs what it is told to, right or wrong. */
import { createHash } from 'node:crypto';
import { canonicalQuery, type Pair } from '../../src/lib/aws-signature/encoding.ts';
import { claimInHeader, scopeText, signatureV4, signedText, signingKey } from '../../src/lib/aws-signature/v4.ts';

/** An access key. */
export interface S3Key {
  readonly access: string;
  readonly secret: string;
}

/** What is sent, and how it is signed. */
export interface S3Asked {
  readonly query?: readonly Pair[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** By default now. */
  readonly at?: Date;
  /** What is said of the body; by default its hash. */
  readonly payload?: string;
  /** Headers that are sent, but not signed. */
  readonly unsigned?: Readonly<Record<string, string>>;
  readonly service?: string;
}

/** The answer as text. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The code of an error. */
  readonly code: string | undefined;
}

export const amzTime = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/g, '');

/** Sends one request, signed by version 4. @param path percent-encoded */
export async function askS3(origin: string, key: S3Key, method: string, path: string, asked: S3Asked = {}): Promise<S3Answer> {
  const { body = '', query = [], unsigned = {} } = asked;
  const { headers } = signS3(origin, key, method, path, asked);
  const search = query.length > 0 ? `?${canonicalQuery(query)}` : '';
  return await answerOf(`${origin}${path}${search}`, { method, headers: { ...headers, ...unsigned }, ...(body !== '' && { body }) });
}

/** Sends a request as it is. */
export async function answerOf(url: string, init: RequestInit): Promise<S3Answer> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] };
}

/** The headers of a signed request, and what its chunks are signed with. */
export function signS3(origin: string, key: S3Key, method: string, path: string, asked: S3Asked) {
  const { query = [], body = '', at = new Date(), service = 's3' } = asked;
  const payload = asked.payload ?? createHash('sha256').update(body).digest('hex');
  const time = amzTime(at);
  const headers: Record<string, string> = { ...asked.headers, 'x-amz-date': time, 'x-amz-content-sha256': payload };
  const signed = { ...headers, host: new URL(origin).host };
  const names = Object.keys(signed).toSorted();
  const scope = `${time.slice(0, 8)}/RegionOne/${service}/aws4_request`;
  const authorization = (signature: string) =>
    `AWS4-HMAC-SHA256 Credential=${key.access}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const claim = claimInHeader(authorization('0'.repeat(64)), time);
  if (!claim) throw new Error('the claim is well formed');
  const signing = signingKey(key.secret, claim.scope);
  const signature = signatureV4({ method, path, query, headers: signed }, claim, signing, payload);
  return {
    headers: { ...headers, authorization: authorization(signature) },
    seed: signature,
    signing,
    time,
    scope: scopeText(claim.scope),
  };
}

/** The URL of a request that is signed in its query. */
export function presignS3(origin: string, key: S3Key, method: string, path: string, { at, validS }: { at: Date; validS: number }): string {
  const time = amzTime(at);
  const scope = { day: time.slice(0, 8), region: 'RegionOne', service: 's3' };
  const query: Pair[] = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${key.access}/${scopeText(scope)}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', String(validS)],
    ['X-Amz-SignedHeaders', 'host'],
  ];
  const claim = { access: key.access, scope, signedHeaders: ['host'], signature: '', time };
  const request = { method, path, query, headers: { host: new URL(origin).host } };
  const signature = signatureV4(request, claim, signingKey(key.secret, scope), 'UNSIGNED-PAYLOAD');
  return `${origin}${path}?${canonicalQuery([...query, ['X-Amz-Signature', signature]])}`;
}

/** Chunks of the encoding `aws-chunked`, each signed. */
export function signedChunks(chunks: readonly string[], { seed, signing, time, scope }: ReturnType<typeof signS3>): string {
  const empty = createHash('sha256').digest('hex');
  let last = seed;
  return [...chunks, '']
    .map((chunk) => {
      const hash = createHash('sha256').update(chunk).digest('hex');
      last = signedText(signing, ['AWS4-HMAC-SHA256-PAYLOAD', time, scope, last, empty, hash].join('\n'));
      return `${Buffer.byteLength(chunk).toString(16)};chunk-signature=${last}\r\n${chunk}\r\n`;
    })
    .join('');
}
