/** The samples that Nova publishes of its API, if they are on this machine: they are read in place, never copied. */
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const directory = process.env['NOVA_API_SAMPLES'] ?? join(import.meta.dirname, '../../../shared/reference/api_samples');

/** Why there are none, as the end of a test's name; empty if there are some. */
export const missingSamples = existsSync(directory) ? '' : `: no samples at ${directory}; NOVA_API_SAMPLES says where they are`;

/** Whether their tests are skipped. With `CI=true` they fail instead, unless whoever runs them says that there are none. */
export const skipsSamples = missingSamples !== '' && (process.env['CI'] !== 'true' || directory === 'none');

/** Who sends the request: the owner of the resource, or an operator. */
export type Asker = 'owner' | 'admin';

/** The samples of a request and its answer; a request without a sample is given itself. */
export interface Sampled {
  readonly request?: string | object;
  readonly answer?: string;
  /** Admin by default. */
  readonly as?: Asker;
  /** The message of the refusal, if the request is refused. */
  readonly refusal?: string;
}

/** `method path`, in which `{number}` is filled in; the samples of request and answer; the status if not 200. */
export type SampleRow = readonly [ask: string, samples: Sampled, status?: number];

/** Samples with their version and folder, in an order in which the requests can be sent. */
export type SampleTable = readonly [at: string, folder: string, rows: readonly SampleRow[]];

/** Reads a sample. */
export const readSample = async (folder: string, name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(directory, folder, `${name}.json`), 'utf8'));

/** The body that a row sends. */
export const requestOf = async (folder: string, { request }: Sampled): Promise<unknown> =>
  typeof request === 'string' ? await readSample(folder, request) : request;

/** The samples that the tables use, as `folder/name`. */
export const heldBy = (tables: readonly SampleTable[]): string[] =>
  tables.flatMap(([, folder, rows]) =>
    rows.flatMap(([, { request, answer }]) => [request, answer].flatMap((name) => (typeof name === 'string' ? [`${folder}/${name}`] : []))),
  );

/** Every published sample, as `folder/name`. */
export const allSamples = (): string[] => globSync('**/*.json', { cwd: directory }).map((path) => path.replace(/\.json$/, ''));
