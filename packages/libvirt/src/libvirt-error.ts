import { errorDomains, errorLevels, errorNumbers, type RemoteErrorCode } from './protocol/error-codes.ts';

/** Error codes of this client itself, besides those that libvirt sends. */
export type LocalErrorCode =
  | 'connect-failed'
  | 'connection-lost'
  | 'connection-closed'
  | 'call-timed-out'
  | 'too-many-calls'
  | 'unsupported-authentication'
  | 'protocol-violation'
  | 'backlog-overflow';

/** The name of an error: libvirt's own in lower case without `VIR_ERR_`, ours, or `unknown` for a number newer than this client. */
export type LibvirtErrorCode = RemoteErrorCode | LocalErrorCode | 'unknown';

/** What an error carries besides code and message; `number` and `origin` only when libvirt sent it. */
export interface LibvirtErrorDetails extends ErrorOptions {
  readonly number?: number;
  readonly origin?: string;
  readonly procedure?: string;
  readonly level?: 'warning' | 'error';
}

/** Every failure of this package. Ask for `code`, or `is(error, code)`; never match the message. */
export class LibvirtError extends Error {
  readonly code: LibvirtErrorCode;
  /** libvirt's numeric code; undefined for an error of this client. */
  readonly number: number | undefined;
  /** libvirt's error domain: the part of libvirt that reports the error, such as `qemu`; `client` for an error of this client. */
  readonly origin: string;
  readonly level: 'warning' | 'error';
  /** The call that failed, by the method's name; undefined where no call failed. */
  readonly procedure: string | undefined;

  constructor(code: LibvirtErrorCode, message: string, details: LibvirtErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = 'LibvirtError';
    this.code = code;
    this.number = details.number;
    this.origin = details.origin ?? 'client';
    this.level = details.level ?? 'error';
    this.procedure = details.procedure;
  }
}

/** Whether a thrown value is a libvirt error, of one of these codes if any are given. */
export const is = (error: unknown, ...codes: readonly LibvirtErrorCode[]): error is LibvirtError =>
  error instanceof LibvirtError && (codes.length === 0 || codes.includes(error.code));

/** libvirt's fields of an error. */
export interface RemoteErrorFields {
  readonly code: number;
  readonly domain: number;
  readonly level: number;
  readonly message: string | undefined;
}

/** The error that a reply with status `error` carries. */
export const remoteError = (sent: RemoteErrorFields, procedure?: string): LibvirtError => {
  const code = errorNumbers[sent.code] ?? 'unknown';
  const origin = errorDomains[sent.domain] ?? `domain ${sent.domain}`;
  return new LibvirtError(code, sent.message ?? `libvirt failed with ${code} (${sent.code}).`, {
    number: sent.code,
    origin,
    level: errorLevels[sent.level] ?? 'error',
    ...(procedure === undefined ? {} : { procedure }),
  });
};
