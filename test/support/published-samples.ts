/** The samples that Nova publishes of its API, where somebody has put them: they are read where they lie, never copied. */
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const directory = process.env['NOVA_API_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/reference/api_samples');

/** Why there are none, as the end of a test's name; empty where there are some. */
export const missingSamples = existsSync(directory) ? '' : `: no samples at ${directory}; NOVA_API_SAMPLES says where they are`;

/** Who asks: the owner of what is asked about, or an operator. */
export type Asker = 'owner' | 'admin';

/** Which samples a request is and is answered with; a request that no sample shows is given itself. */
export interface Sampled {
  readonly request?: string | object;
  readonly answer?: string;
  /** Admin unless said otherwise. */
  readonly as?: Asker;
  /** Words with which the request is refused, where it is. */
  readonly refusal?: string;
}

/** `method path`, where `{number}` is filled in; the samples of request and answer; another status than 200. */
export type SampleRow = readonly [ask: string, samples: Sampled, status?: number];

/** Samples by the version at which they hold and the folder in which they lie, in an order in which they can be asked for. */
export type SampleTable = readonly [at: string, folder: string, rows: readonly SampleRow[]];

/** A sample, read. */
export const readSample = async (folder: string, name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(directory, folder, `${name}.json`), 'utf8'));

/** What a row sends. */
export const requestOf = async (folder: string, { request }: Sampled): Promise<unknown> =>
  typeof request === 'string' ? await readSample(folder, request) : request;

/** The samples that tables speak of, as `folder/name`. */
export const heldBy = (tables: readonly SampleTable[]): string[] =>
  tables.flatMap(([, folder, rows]) =>
    rows.flatMap(([, { request, answer }]) => [request, answer].flatMap((name) => (typeof name === 'string' ? [`${folder}/${name}`] : []))),
  );

/** Every sample that there is, as `folder/name`. */
export const allSamples = (): string[] => globSync('**/*.json', { cwd: directory }).map((path) => path.replace(/\.json$/, ''));
