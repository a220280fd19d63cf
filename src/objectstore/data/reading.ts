import { Readable } from 'node:stream';
import { type DataPiece, piecesOf } from '../../db/stores/objectstore/object-data.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { ByteSpan } from '../../objects/stored-object.ts';
import type { DataStore } from '../store.ts';

interface Deps {
  readonly db: CloudDb;
  readonly store: DataStore;
}

interface PieceSpan {
  readonly id: string;
  readonly span: ByteSpan;
}

/** The parts of pieces that a span covers. */
export function spansOf(pieces: readonly DataPiece[], { first, last }: ByteSpan): readonly PieceSpan[] {
  let start = 0;
  return pieces.flatMap(({ id, sizeBytes }) => {
    const span = { first: Math.max(first - start, 0), last: Math.min(last - start, sizeBytes - 1) };
    start += sizeBytes;
    return span.first <= span.last ? [{ id, span }] : [];
  });
}

/**
 * A span of an object's data. The first piece is open when this resolves; the others are opened when their turn comes. Who does not read
 * it to its end destroys it.
 */
export async function readData({ db, store }: Deps, version: string, span: ByteSpan): Promise<Readable | undefined> {
  const pieces = await piecesOf(db, version);
  if (pieces.length === 0) return undefined;
  const [first, ...others] = spansOf(pieces, span);
  if (!first) return Readable.from([], { objectMode: false });
  const opened = await store.read(first.id, first.span);
  if (others.length === 0) return opened;
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield* opened;
    for (const { id, span: part } of others) yield* await store.read(id, part);
  };
  // What nobody begins to read does not end the generator, which would close the file.
  return Readable.from(all(), { objectMode: false }).once('close', () => opened.destroy());
}
