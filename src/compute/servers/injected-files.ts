import type { CloudDb } from '../../db/sql/queries.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import type { InjectedFile } from '../../objects/server.ts';
import { limitsOf, type QuotaOwner } from '../../quota/limits.ts';
import type { QuotaLimits } from '../../quota/resources.ts';

export const TooManyFiles = errorType('TooManyFiles', 'over-limit', (_: { limit: number }) => 'Personality file limit exceeded');

export const FilePathTooLong = errorType(
  'FilePathTooLong',
  'over-limit',
  (p: { limit: number }) => `Personality file path exceeds maximum ${p.limit}`,
);

export const FileTooLarge = errorType(
  'FileTooLarge',
  'over-limit',
  (p: { limit: number }) => `Personality file content exceeds maximum ${p.limit}`,
);

/** Refuses files for a new server that exceed its owner's quota. */
export async function checkFiles(db: CloudDb, owner: QuotaOwner, files: readonly InjectedFile[], options: QuotaLimits): Promise<void> {
  if (files.length === 0) return;
  const { injected_files, injected_file_path_bytes, injected_file_content_bytes } = (await limitsOf(db, owner, options)).project;
  if (over(files.length, injected_files)) throw TooManyFiles({ limit: injected_files });
  for (const { path, contents } of files) {
    if (over(Buffer.byteLength(path), injected_file_path_bytes)) throw FilePathTooLong({ limit: injected_file_path_bytes });
    const size = Buffer.from(contents, 'base64').length;
    if (over(size, injected_file_content_bytes)) throw FileTooLarge({ limit: injected_file_content_bytes });
  }
}

const over = (size: number, limit: number): boolean => limit >= 0 && size > limit;
