import { programsIn, type RunningProgram } from '../cloud/running-programs.ts';
import { readStateDir } from '../cloud/runtime.ts';
import { daemonNamed } from './names.ts';

/** What runs in a state directory: everything, or only the service that a command line names. */
export interface RunningThere {
  readonly stateDir: string;
  readonly programs: readonly RunningProgram[];
  /** The sentence for when there are none. */
  readonly nothing: string;
}

export async function runningThere(positionals: readonly string[], configFiles: readonly string[] = []): Promise<RunningThere> {
  const wanted = daemonNamed(positionals);
  const stateDir = readStateDir({ configFiles });
  const programs = (await programsIn(stateDir)).filter(({ service }) => wanted === undefined || service === wanted);
  return { stateDir, programs, nothing: `${wanted === undefined ? 'nothing' : `no nova-ts ${wanted}`} runs in ${stateDir}` };
}
