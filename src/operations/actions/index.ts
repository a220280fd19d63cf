import { pause } from './pause.ts';
import { reboot } from './reboot.ts';
import { resume } from './resume.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { suspend } from './suspend.ts';
import { unpause } from './unpause.ts';

/** Every action that is carried out on the server's host. A new one: its file, a lifecycle row, a line here. */
export const serverActions = { start, stop, reboot, pause, unpause, suspend, resume } as const;

export type ServerActionName = keyof typeof serverActions;
