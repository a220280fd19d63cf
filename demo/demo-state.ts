import { existsSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const PREFIX = 'nova-demo-';

/** Makes a state directory for one demo. Its path is the real one: the kernel shows processes no other. */
export const makeDemoState = async (): Promise<string> => realpath(await mkdtemp(join(tmpdir(), PREFIX)));

/** Where the cloud of a state directory logs. */
export const logFileIn = (stateDir: string): string => join(stateDir, 'cloud.log');

/** Whether a directory is one that a demo made; only such a one is ever removed. */
export const isDemoState = (directory: string): boolean => basename(directory).startsWith(PREFIX) && existsSync(logFileIn(directory));
