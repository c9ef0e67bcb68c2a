/** Where an integration task takes its connection: which argument, counted from 0 (RULES 3.3). Names are compared in small letters. */
const ZOHO: Readonly<Record<string, number>> = {
  'crm.createrecord': 3,
  'crm.upsert': 3,
  'crm.bulkcreate': 3,
  'crm.updaterecord': 4,
  'crm.getrecordbyid': 3,
  'crm.getrecords': 4,
  'crm.searchrecords': 5,
  'crm.getrelatedrecords': 6,
  'crm.attachfile': 3,
  'books.createrecord': 3,
  'books.updaterecord': 4,
  'books.getrecords': 3,
  'books.getrecordsbyid': 3,
  'books.gettemplates': 2,
  'invoice.create': 3,
  'invoice.createrecord': 3,
  'billing.create': 3,
  'billing.createrecord': 3,
  'inventory.create': 3,
  'inventory.createrecord': 3,
  'inventory.getrecordsbyid': 3,
  'creator.createrecord': 5,
  'creator.createrecords': 5,
  'creator.getrecords': 6,
  'creator.updaterecord': 6,
  'sheet.createrecords': 4,
  'sheet.getrecords': 3,
  'desk.create': 3,
  'desk.getrecordbyid': 3,
  'desk.getrecords': 5,
  'desk.searchrecords': 5,
  'desk.getrelatedrecords': 7,
  'projects.createproject': 2,
  'projects.create': 4,
  'projects.getrecords': 5,
  'recruit.addrecord': 4,
  'writer.mergeandstore': 3,
  'writer.mergeandsend': 4,
  'writer.mergeandsign': 5,
  'writer.documents.markasready': 1,
  'workdrive.uploadfile': 4,
  'workdrive.createfolder': 2,
  'calendar.createevent': 2,
  'cliq.createrecord': 2,
  'bookings.getworkspaces': 0,
  'fsm.createrecord': 3,
  'sdp.create': 3,
};

/** Names of Zoho's tasks that somebody has written down, in small letters and without `zoho.`. */
export const ZOHO_TASKS: readonly string[] = Object.keys(ZOHO);

/** Services whose tasks need no connection of their own; `creator` only where it speaks of its own application. */
const WITHOUT: ReadonlySet<string> = new Set([
  'encryption',
  'ai',
  'map',
  'creator',
  'loginuser',
  'adminuser',
  'currentdate',
  'currenttime',
]);

export type Task = {
  /** As it was written. */
  readonly name: string;
  /** The service that a system connection would serve; null where none is needed. */
  readonly service: string | null;
  /** Which argument is the connection; null where nobody has written it down. */
  readonly index: number | null;
  readonly isMandatory: boolean;
};

/** The integration task of this dotted name, or null where it is none. */
export const taskOf = (path: readonly string[]): Task | null => {
  const [root = '', service = '', ...rest] = path.map((part) => part.toLowerCase());
  const name = path.join('.');
  if ((root === 'intuit' && service === 'quickbooks') || (root === 'salesforce' && service === 'sales'))
    return rest.length === 0 ? null : { name, service: null, index: 0, isMandatory: true };
  if (root !== 'zoho' || rest.length === 0) return null;
  // `zoho.crm.v8.createRecord`, `zoho.creator.v2_1.createRecords`: the version says nothing of the arguments.
  const task = [service, ...rest.filter((part) => !/^v\d+(_\d+)*$/.test(part))].join('.');
  const index = Object.hasOwn(ZOHO, task) ? (ZOHO[task] ?? null) : null;
  return { name, service: WITHOUT.has(service) ? null : service, index, isMandatory: false };
};
