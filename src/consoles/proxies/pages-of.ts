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

/** Where Debian installs spice-html5, which is in no registry of libraries. The page says so where it is missing. */
const SPICE_HTML5 = '/usr/share/spice-html5';

/** Screens over SPICE, under the names that spice-html5 gives its pages. @param client the folder of spice-html5 */
export const spicePages = (client = SPICE_HTML5): Pages => ({
  page: { paths: ['/spice_auto.html', '/spice.html'], file: join(PAGES, 'spice.html') },
  folders: { ...own, '/spice-html5/': client },
});

/** Serial consoles. */
export const serialPages = (): Pages => ({
  page: { paths: ['/', '/serial.html'], file: join(PAGES, 'serial.html') },
  folders: { ...own, '/xterm/': packageFolder('@xterm/xterm', '..') },
});
