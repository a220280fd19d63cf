import type { Ec2Action } from '../action.ts';
import { imageActions } from './images.ts';
import { instanceActions } from './instances.ts';
import { keypairActions } from './keypairs.ts';
import { placeActions } from './places.ts';
import { powerActions } from './power.ts';
import { runInstances } from './run-instances.ts';
import { permissionActions } from './permissions.ts';
import { groupActions } from './security-groups.ts';
import { tagActions } from './tags.ts';

/** Every action that is served. */
export const ec2Actions: readonly Ec2Action[] = [
  ...placeActions,
  ...imageActions,
  ...keypairActions,
  runInstances,
  ...instanceActions,
  ...powerActions,
  ...tagActions,
  ...groupActions,
  ...permissionActions,
];
