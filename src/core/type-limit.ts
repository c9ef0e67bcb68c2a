import type { Action } from '../domain/access.ts';
import type { Workspace } from '../domain/workspace.ts';
import type { Call } from './command.ts';
import { isSwitchedOn } from './switches.ts';

/** Who may lift it: whoever defines connections, or at a client whoever installs them. */
export const LIFTS: Readonly<Record<Workspace['side'], Action>> = { developer: 'microservices.open', client: 'application.install' };

/** Has this workspace lifted the limit of the logged-in user type to twelve services, which the model product has (R22). */
export const isTypeLimitLifted = (call: Call): Promise<boolean> => isSwitchedOn(call, 'type-limit-lifted');
