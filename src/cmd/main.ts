import { nameSourceInStacks } from '../lib/errors/source-stacks.ts';
import { runProgram } from './program.ts';
import { services } from './services.ts';

// The entry point of bin/nova-ts. It sets the exit status without calling process.exit, so that pending output is written.
nameSourceInStacks();
process.exitCode = await runProgram(process.argv.slice(2), services);
