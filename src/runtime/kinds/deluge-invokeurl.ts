import { scriptKind } from '../script-kind.ts';

/** A script with Deluge's invokeUrl (R50): requests of whatever kind to a connection's own service. */
export const delugeInvokeUrl = scriptKind({
  name: 'deluge-invokeurl',
  label: 'Deluge invokeUrl task',
  sentence: 'A script that calls any address of a service.',
});
