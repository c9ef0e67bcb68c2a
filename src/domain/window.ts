/** Before the title of a window in the name of the lock that it holds while it is open. */
export const WINDOW_LOCK = 'window: ';
