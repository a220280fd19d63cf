import pino, { type Logger } from 'pino';

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

/** JSON lines on stderr, level by name, secrets masked. */
export const createLog = (options: { service: string; level?: string }): Log =>
  pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths, censor: '***' },
    },
    pino.destination({ dest: 2, sync: false, minLength: 0 }),
  );

/** For tests: says nothing. */
export const silentLog: Log = pino({ level: 'silent' });
