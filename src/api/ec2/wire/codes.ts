/** EC2's names for the errors of the components behind its API. */
import type { Kind } from '../../../lib/errors/kind.ts';
import type { Fault } from '../../pipeline/fault.ts';

/** By the declared names of our errors. */
const CODES: Readonly<Record<string, string>> = {
  AccessKeyNotFound: 'AuthFailure',
  AuthenticationFailed: 'AuthFailure',
  FlavorNotFound: 'InvalidParameterValue',
  FlavorTooSmall: 'InvalidParameterCombination',
  ImageNotActive: 'InvalidAMIID.Unavailable',
  ImageNotFound: 'InvalidAMIID.NotFound',
  KeypairExists: 'InvalidKeyPair.Duplicate',
  KeypairInvalid: 'InvalidKeyPair.Format',
  KeypairNotFound: 'InvalidKeyPair.NotFound',
  MetadataLimitExceeded: 'TagLimitExceeded',
  OverQuota: 'ResourceLimitExceeded',
  PolicyForbidden: 'UnauthorizedOperation',
  PortLimitExceeded: 'ResourceLimitExceeded',
  QuotaExceeded: 'InstanceLimitExceeded',
  SecurityGroupNotExistsForInstance: 'InvalidGroup.NotFound',
  SecurityGroupNotFound: 'InvalidGroup.NotFound',
  ServerInWrongState: 'IncorrectInstanceState',
  ServerIsLocked: 'OperationNotPermitted',
  ServerNotFound: 'InvalidInstanceID.NotFound',
  ServerNotReady: 'IncorrectInstanceState',
  SignatureRefused: 'AuthFailure',
  UnknownFlavor: 'InvalidParameterValue',
  UnknownImage: 'InvalidAMIID.NotFound',
  UnknownKeypair: 'InvalidKeyPair.NotFound',
};

/** Of errors that have no name there, by the status. */
const BY_STATUS: Readonly<Record<number, string>> = {
  400: 'InvalidParameterValue',
  401: 'AuthFailure',
  403: 'UnauthorizedOperation',
  404: 'InvalidAction',
  405: 'InvalidAction',
  408: 'RequestTimeout',
  409: 'RequestInProgress',
  413: 'RequestEntityTooLarge',
  422: 'IdempotentParameterMismatch',
  429: 'RequestLimitExceeded',
  501: 'Unsupported',
  503: 'Unavailable',
};

/** EC2 answers its callers' mistakes with one status. */
export const STATUSES: Partial<Record<Kind, number>> = { 'not-found': 400, conflict: 400, 'over-limit': 400 };

/** Errors of EC2's own keep their names: the names of others have no dots, and are in the table. */
export function codeOf({ code, status }: Fault, own: ReadonlySet<string>): string {
  if (code !== undefined && own.has(code)) return code;
  return (code === undefined ? undefined : CODES[code]) ?? BY_STATUS[status] ?? 'InternalError';
}
