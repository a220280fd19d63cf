/** Fetches the files of an offer. */
import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { Transform } from 'node:stream';
import { Type as t } from '@sinclair/typebox';
import { errorType } from '../errors/error-type.ts';
import { problemOf } from '../rpc/checker.ts';
import { type FileOffer, type ListedFile, listedFile, TLS } from './file-offer.ts';

/** How long the other end may be silent, in milliseconds. */
const SILENCE_MS = 60_000;

/** The other end does not hand over the files. */
export const FilesNotHandedOver = errorType(
  'FilesNotHandedOver',
  'unavailable',
  (p: { because: string }) => `Files could not be fetched from the other host: ${p.because}`,
);

/** The files of an offer, at its receiver. */
export interface OfferedFiles {
  readonly files: readonly ListedFile[];
  /** Fetches one of them to a path where there is nothing yet. */
  fetch(name: string, to: string, signal: AbortSignal, onBytes?: (bytes: number) => void): Promise<void>;
}

const list = t.Array(listedFile);

/** Opens an offer: asks which files it has. */
export async function openOffer(offer: FileOffer, signal: AbortSignal): Promise<OfferedFiles> {
  const files: unknown = JSON.parse(await text(await get(offer, '/', signal)));
  const problem = problemOf(list, files);
  if (problem) throw FilesNotHandedOver({ because: `in its list of files ${problem}.` });
  return filesOf(offer, files as readonly ListedFile[]);
}

function filesOf(offer: FileOffer, files: readonly ListedFile[]): OfferedFiles {
  return {
    files,
    fetch: async (name, to, aborted, onBytes = () => {}) => {
      const index = files.findIndex((file) => file.name === name);
      const file = files[index];
      if (!file) throw FilesNotHandedOver({ because: `it has no ${name}.` });
      let bytes = 0;
      const counting = new Transform({
        transform: (chunk: Buffer, _encoding, done) => {
          bytes += chunk.length;
          onBytes(chunk.length);
          done(null, chunk);
        },
      });
      const body = await get(offer, `/${index}`, aborted);
      try {
        await pipeline(body, counting, createWriteStream(to, { flags: 'wx', mode: 0o600 }), { signal: aborted });
      } catch (cause) {
        aborted.throwIfAborted();
        throw FilesNotHandedOver({ because: `the connection broke while it sent ${name}.` }, { cause });
      }
      if (bytes !== file.bytes) throw FilesNotHandedOver({ because: `${name} has ${bytes} bytes instead of ${file.bytes}.` });
    },
  };
}

function get({ address, port, identity, key }: FileOffer, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const psk = Buffer.from(key, 'hex');
  return new Promise((resolve, reject) => {
    const fail = (because: string, cause?: unknown): void => reject(FilesNotHandedOver({ because }, { cause }));
    const asked = request(
      {
        host: address,
        port,
        path,
        signal,
        timeout: SILENCE_MS,
        // Whoever has the key is the one.
        agent: new Agent({ ...TLS, pskCallback: () => ({ psk, identity }), checkServerIdentity: () => undefined }),
      },
      (response) => {
        if (response.statusCode === 200) resolve(response);
        else {
          response.resume();
          fail(`it answers ${response.statusCode}.`);
        }
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('the other host is silent')));
    asked.on('error', (error) => (signal.aborted ? reject(signal.reason as Error) : fail('it cannot be reached.', error)));
    asked.end();
  });
}
