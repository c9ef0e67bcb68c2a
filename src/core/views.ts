/**
 * What each screen is shown. Queries return these; the UI imports them as types.
 * All are plain JSON: times are epoch milliseconds, nothing here is ever a secret.
 */

/** A screen that draws a component's fields needs their shape. */
export type { KindField } from '../runtime/kind.ts';
export type * from './views/applications.ts';
export type * from './views/bundles.ts';
export type * from './views/catalogue.ts';
export type * from './views/connections.ts';
export type * from './views/frame.ts';
export type * from './views/installed.ts';
export type * from './views/live.ts';
export type * from './views/settings.ts';
