export const SETTINGS_FORMAT = 'latchkey.settings/1';

/** Is this text meant to be deployment settings, whatever else may be wrong with it. */
export const isSettings = (text: string): boolean => /^\s*\{[\s\S]{0,400}?"format"\s*:\s*"latchkey\.settings\//.test(text);
