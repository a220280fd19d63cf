import pino, { type Logger } from 'pino';
import { kindOf } from '../errors/error-type.ts';
import { lineForPeople } from './for-people.ts';
import { type LogFileOptions, openLogFile } from './log-file.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>;

/** Keys whose values never reach a log line, at any depth up to three. */
const SECRET_KEYS = [
  'password',
  'adminPass',
  'token',
  'secret',
  'privateKey',
  'private_key',
  'authorization',
  'x-auth-token',
  'x-subject-token',
];

const paths = SECRET_KEYS.map((key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : `["${key}"]`)).flatMap((key) => {
  const joined = key.startsWith('[') ? key : `.${key}`;
  return [key, `*${joined}`, `*.*${joined}`];
});

/** Log lines go to a file or to stderr: as JSON, or formatted for people when it is a terminal. */
function destination(file: LogFileOptions | undefined) {
  if (file) return openLogFile(file);
  return process.stderr.isTTY
    ? { write: (json: string) => void process.stderr.write(lineForPeople(json)) }
    : pino.destination({ dest: 2, sync: false, minLength: 0 });
}

/** The logged fields of an error. Only internal errors keep their stack: an outage, for one, is not a bug. */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { stack, ...fields } = pino.stdSerializers.err(error);
  return kindOf(error) === 'internal' ? { ...fields, stack } : fields;
}

/** JSON lines in a file or on stderr (readable text on a terminal), level by name, secrets masked. */
export const createLog = (options: { service: string; level?: string; file?: LogFileOptions | undefined }): Log =>
  pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
      redact: { paths, censor: '***' },
    },
    destination(options.file),
  );

/** For tests: logs nothing. */
export const silentLog: Log = pino({ level: 'silent' });
