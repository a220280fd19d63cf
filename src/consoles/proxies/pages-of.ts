/** The page of each type of console, with the libraries that draw it. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pages } from './pages.ts';

const PAGES = fileURLToPath(new URL('./pages/', import.meta.url));

/** The folder of an installed package. */
const packageFolder = (entry: string, up: string): string => join(dirname(fileURLToPath(import.meta.resolve(entry))), up);

const own = { '/console/': PAGES };

/** Screens over VNC, under the names that noVNC gives its pages. */
export const vncPages = (): Pages => ({
  page: { paths: ['/vnc_auto.html', '/vnc_lite.html', '/vnc.html'], file: join(PAGES, 'vnc.html') },
  folders: { ...own, '/novnc/': packageFolder('@novnc/novnc', '..') },
});

/** Serial consoles. */
export const serialPages = (): Pages => ({
  page: { paths: ['/', '/serial.html'], file: join(PAGES, 'serial.html') },
  folders: { ...own, '/xterm/': packageFolder('@xterm/xterm', '..') },
});
