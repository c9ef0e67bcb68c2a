import * as v from 'valibot';
import { command } from '../command.ts';
import { readRunnable } from '../incoming.ts';
import { bundleTextInput, idInput } from '../inputs.ts';
import { settingsFor, settingsOf, settingsView } from '../presets.ts';
import { loadInstallation } from '../versions.ts';

/**
 * What deployment settings answer beforehand for a bundle. Stores nothing. Throws the `bundle.*` and `settings.*` faults, and where they
 * choose what an import cannot take, `connection.cannot-serve`, `store.missing`.
 */
export const previewSettings = command({
  allow: 'application.use',
  input: v.strictObject({ text: bundleTextInput, settings: v.string() }),
  run: async (call, { text, settings }) => {
    const bundle = await readRunnable(call, text);
    return settingsView(call, settingsFor(settings, bundle), bundle);
  },
});

/** The deployment settings with which an application is installed elsewhere as it is here: a file without a secret. */
export const exportSettings = command({
  allow: 'application.use',
  input: v.strictObject({ installationId: idInput('ins') }),
  run: async (call, { installationId }) => {
    const installation = await loadInstallation(call, installationId);
    const settings = await settingsOf(call, installation);
    return { fileName: `${installation.definition.linkName}.settings.json`, text: `${JSON.stringify(settings, null, 2)}\n` };
  },
});
