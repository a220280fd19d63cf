// Reads JSON bodies: limits size and depth, refuses prototype-polluting keys and invalid text.
import type { Readable } from 'node:stream';
import { HttpFault, tooLarge } from './http-fault.ts';
import { isPlainText } from './plain-text.ts';

/** The body could not be read as JSON. */
export const malformedBody = (): HttpFault => new HttpFault(400, 'Malformed request body');

/** The service does not read this content type. */
export const badMediaType = (): HttpFault => new HttpFault(415, 'Unsupported Content-Type');

/** Reads the whole body; refuses more than `maxBytes`. */
export async function readBytes(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // Keep the stream open on a refusal: destroying it would close the connection before the client reads the answer.
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof HttpFault ? error : new HttpFault(400, 'The request ended before its body did.');
  }
  return Buffer.concat(chunks);
}

/** The value in a JSON text; undefined when it is empty. */
export function parseJson(text: string, maxDepth: number): unknown {
  if (text.trim() === '') return undefined;
  const value = parse(text);
  if (!isSafe(value, maxDepth)) throw malformedBody();
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedBody();
  }
}

/** Iterative, since the sender chooses the depth. */
function isSafe(root: unknown, maxDepth: number): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && !isPlainText(value)) return false;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= maxDepth || isPoison(value) || !Object.keys(value).every(isPlainText)) return false;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return true;
}

/** `__proto__`, or a `constructor` that carries a `prototype`: prototype pollution. */
function isPoison(value: object): boolean {
  if (Object.hasOwn(value, '__proto__')) return true;
  if (!Object.hasOwn(value, 'constructor')) return false;
  const inner: unknown = Reflect.get(value, 'constructor');
  return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype');
}
