import type { ImageApi } from '../../../image/api.ts';
import type { HttpServer } from '../../../lib/http/http-server.ts';
import type { Log } from '../../../lib/log/log.ts';
import { mountService } from '../../pipeline/mount-service.ts';
import type { ProjectShares } from '../../pipeline/project-shares.ts';
import type { Authenticate } from '../../pipeline/token.ts';
import { withFaultPages } from './fault-page.ts';
import { downloadImage, uploadImage } from './image-data.ts';
import { actionRoutes } from './image-actions.ts';
import { memberRoutes } from './image-members.ts';
import { createImage, deleteImage, listImages, showImage, updateImage } from './images.ts';
import { withMissingIds } from './missing-id.ts';
import { schemaRoutes } from './schemas.ts';
import { choices, versions } from './versions.ts';

/** Every route of the image service. Glance's imports, stores, tasks and metadata definitions are not supported and answer 404. */
export const imageRoutes = [
  choices,
  versions,
  createImage,
  listImages,
  showImage,
  updateImage,
  deleteImage,
  uploadImage,
  downloadImage,
  ...memberRoutes,
  ...actionRoutes,
  ...schemaRoutes,
];

/** The dependencies of the image API. */
export interface ImageMount {
  readonly images: ImageApi;
  readonly authenticate: Authenticate;
  readonly shares?: ProjectShares;
  readonly log: Log;
  readonly identityUrl?: string;
  readonly publicOrigin?: string;
}

/** Serves the image service at the root of a server. */
export function mountImage(server: HttpServer, { images, ...options }: ImageMount): void {
  mountService(withMissingIds(withFaultPages(server)), {
    ...options,
    path: '',
    routes: imageRoutes,
    deps: { images },
    // Glance answers 413 both for an exceeded quota and for too large data.
    statuses: { 'over-limit': 413 },
    errorBody: (code, title, message) =>
      code === 401 ? { error: { code, title, message } } : { message, code: `${code} ${title}`, title },
  });
}
