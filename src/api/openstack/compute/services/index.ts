import type { Route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { deleteService, listServices, updateService } from './routes.ts';
import { changeServiceByVerb } from './verbs.ts';

/** The services of the cloud. */
export const serviceRoutes: readonly Route<ComputeFaceDeps>[] = [listServices, changeServiceByVerb, updateService, deleteService];
