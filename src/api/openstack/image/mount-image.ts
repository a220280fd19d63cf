import type { ImageApi } from '../../../image/api.ts';
import type { HttpServer } from '../../../lib/http/http-server.ts';
import type { Log } from '../../../lib/log/log.ts';
import { mountService } from '../wsgi/mount-service.ts';
import type { Authenticate } from '../wsgi/site.ts';
import { downloadImage, uploadImage } from './image-data.ts';
import { createImage, deleteImage, listImages, showImage } from './images.ts';
import { choices, versions } from './versions.ts';

const routes = [choices, versions, createImage, listImages, showImage, deleteImage, uploadImage, downloadImage];

/** What the image face needs. */
export interface ImageMount {
  readonly images: ImageApi;
  readonly authenticate: Authenticate;
  readonly log: Log;
  readonly identityUrl?: string;
}

/** Serves the image service at the root of a server. */
export function mountImage(server: HttpServer, { images, ...options }: ImageMount): void {
  mountService(server, {
    ...options,
    path: '',
    routes,
    deps: { images },
    // A quota that is full and data that is too large are the same to this service.
    statuses: { 'over-limit': 413 },
    errorBody: (code, title, message) =>
      code === 401 ? { error: { code, title, message } } : { message, code: `${code} ${title}`, title },
  });
}
