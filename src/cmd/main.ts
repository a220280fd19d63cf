import { runProgram } from './program.ts';
import { services } from './services.ts';

// What bin/nova-ts starts. The status is set, not forced: what is still being written gets out.
process.exitCode = await runProgram(process.argv.slice(2), services);
