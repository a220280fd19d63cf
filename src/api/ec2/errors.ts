/** Refusals of EC2 requests. Their names are the codes that clients know. */
import { errorType } from '../../lib/errors/error-type.ts';

export const InvalidAction = errorType(
  'InvalidAction',
  'invalid',
  (p: { action: string }) => `The action ${p.action} is not valid for this web service.`,
);

export const MissingParameter = errorType(
  'MissingParameter',
  'invalid',
  (p: { name: string }) => `The request must contain the parameter ${p.name}`,
);

export const InvalidParameterValue = errorType('InvalidParameterValue', 'invalid', (p: { problem: string }) => p.problem);

export const InvalidParameterCombination = errorType('InvalidParameterCombination', 'invalid', (p: { problem: string }) => p.problem);

/** It would be ignored otherwise. */
export const UnsupportedParameter = errorType(
  'Unsupported',
  'invalid',
  (p: { name: string }) => `The parameter ${p.name} is not supported by this cloud.`,
);

export const InstanceIdMalformed = errorType(
  'InvalidInstanceID.Malformed',
  'invalid',
  (p: { id: string }) => `Invalid id: "${p.id}" (expecting "i-...")`,
);

export const InstanceNotFound = errorType(
  'InvalidInstanceID.NotFound',
  'not-found',
  (p: { ids: readonly string[] }) =>
    `The instance ID${p.ids.length > 1 ? 's' : ''} '${p.ids.join(', ')}' do${p.ids.length > 1 ? '' : 'es'} not exist`,
);

export const ImageIdMalformed = errorType(
  'InvalidAMIID.Malformed',
  'invalid',
  (p: { id: string }) => `Invalid id: "${p.id}" (expecting "ami-...")`,
);

export const ImageIdNotFound = errorType(
  'InvalidAMIID.NotFound',
  'not-found',
  (p: { ids: readonly string[] }) => `The image id '[${p.ids.join(', ')}]' does not exist`,
);

export const GroupNotFound = errorType(
  'InvalidGroup.NotFound',
  'not-found',
  (p: { group: string }) => `The security group '${p.group}' does not exist`,
);

export const GroupExists = errorType(
  'InvalidGroup.Duplicate',
  'conflict',
  (p: { name: string }) => `The security group '${p.name}' already exists`,
);

/** Somebody's instances are in the group. */
export const DependencyViolation = errorType(
  'DependencyViolation',
  'conflict',
  (p: { group: string }) => `resource ${p.group} has a dependent object`,
);

export const PermissionExists = errorType('InvalidPermission.Duplicate', 'conflict', (_: object) => 'the specified rule already exists');

export const PermissionNotFound = errorType(
  'InvalidPermission.NotFound',
  'not-found',
  (_: object) => 'The specified rule does not exist in this security group.',
);

export const KeyPairNotFound = errorType(
  'InvalidKeyPair.NotFound',
  'not-found',
  (p: { name: string }) => `The key pair '${p.name}' does not exist`,
);

export const KeyFormatInvalid = errorType('InvalidKey.Format', 'invalid', (_: object) => 'Key is not in valid OpenSSH public key format');

export const IncorrectInstanceState = errorType(
  'IncorrectInstanceState',
  'conflict',
  (p: { id: string; action: string }) => `The instance '${p.id}' is not in a state from which it can be ${p.action}.`,
);

/** The request would have been carried out. */
export const DryRunOperation = errorType(
  'DryRunOperation',
  'outdated',
  (_: object) => 'Request would have succeeded, but DryRun flag is set.',
);

/** What says who the caller is cannot be read, or is too old. */
export const AuthFailure = errorType('AuthFailure', 'unauthenticated', (p: { problem: string }) => p.problem);
