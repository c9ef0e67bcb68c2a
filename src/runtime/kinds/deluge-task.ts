import { scriptKind } from '../script-kind.ts';

/** A script of Deluge integration tasks (R50): ready-made calls of services (`zoho.books.createRecord`). */
export const delugeTask = scriptKind({
  name: 'deluge-task',
  label: 'Deluge integration task',
  sentence: 'A script that calls services by their ready-made tasks.',
});
