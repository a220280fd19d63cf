// Reads JSON bodies with our own hands: bounded in size and depth, free of keys that poison prototypes and of text that is none.
import type { Readable } from 'node:stream';
import { HttpFault, tooLarge } from './http-fault.ts';
import { isPlainText } from './plain-text.ts';

/** The body could not be read as JSON. */
export const malformedBody = (): HttpFault => new HttpFault(400, 'Malformed request body');

/** The content type is none that the service reads. */
export const badMediaType = (): HttpFault => new HttpFault(415, 'Unsupported Content-Type');

/** The whole body, refusing more than `maxBytes`. */
export async function readBytes(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The stream outlives a refusal: destroying it would cut the connection before the client reads why.
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

/** Walks without recursion: the depth is the sender's choice. */
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

/** `__proto__`, or a `constructor` that carries a `prototype`: keys that only an attacker sends. */
function isPoison(value: object): boolean {
  if (Object.hasOwn(value, '__proto__')) return true;
  if (!Object.hasOwn(value, 'constructor')) return false;
  const inner: unknown = Reflect.get(value, 'constructor');
  return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'prototype');
}
