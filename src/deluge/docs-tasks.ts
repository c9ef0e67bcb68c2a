/** One line of help on an integration task: its dotted name, its arguments in their order, what it does. */
export type TaskDoc = { readonly name: string; readonly shape: string; readonly text: string };

const rows = (text: string): readonly TaskDoc[] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [shape = '', ...rest] = line.trim().split(' — ');
      return { name: shape.replace(/\(.*$/, ''), shape, text: rest.join(' — ') };
    });

/** Integration tasks whose arguments somebody has written down (RULES 3.3): how it is written — what it does. */
export const TASK_DOCS: readonly TaskDoc[] = rows(`
  zoho.crm.createRecord(module, data, options, connection) — Creates a record in CRM.
  zoho.crm.upsert(module, data, options, connection) — Creates a record in CRM, or updates the one that it matches.
  zoho.crm.bulkCreate(module, records, options, connection) — Creates several records in CRM.
  zoho.crm.updateRecord(module, id, data, options, connection) — Updates a record in CRM.
  zoho.crm.getRecordById(module, id, options, connection) — Gets one record of CRM.
  zoho.crm.getRecords(module, page, perPage, options, connection) — Gets a page of records of CRM.
  zoho.crm.searchRecords(module, criteria, page, perPage, options, connection) — Finds records of CRM by criteria.
  zoho.crm.getRelatedRecords(list, module, id, page, perPage, options, connection) — Gets what belongs to a record of CRM.
  zoho.crm.attachFile(module, id, file, connection) — Attaches a file to a record of CRM.
  zoho.books.createRecord(module, organization, data, connection) — Creates a record in Books.
  zoho.books.updateRecord(module, organization, id, data, connection) — Updates a record in Books.
  zoho.books.getRecords(module, organization, search, connection) — Gets records of Books.
  zoho.books.getRecordsByID(module, organization, id, connection) — Gets one record of Books.
  zoho.books.getTemplates(module, organization, connection) — Gets the templates of a module of Books.
  zoho.invoice.create(module, organization, data, connection) — Creates a record in Invoice.
  zoho.invoice.createRecord(module, organization, data, connection) — Creates a record in Invoice.
  zoho.billing.create(module, organization, data, connection) — Creates a record in Billing.
  zoho.billing.createRecord(module, organization, data, connection) — Creates a record in Billing.
  zoho.inventory.create(module, organization, data, connection) — Creates a record in Inventory.
  zoho.inventory.createRecord(module, organization, data, connection) — Creates a record in Inventory.
  zoho.inventory.getRecordsByID(module, organization, id, connection) — Gets one record of Inventory.
  zoho.creator.createRecord(owner, application, form, data, other, connection) — Adds an entry to a form of Creator.
  zoho.creator.createRecords(owner, application, form, records, other, connection) — Adds entries to a form of Creator.
  zoho.creator.getRecords(owner, application, report, criteria, from, limit, connection) — Gets entries of a report of Creator.
  zoho.creator.updateRecord(owner, application, report, id, data, other, connection) — Updates an entry of Creator.
  zoho.sheet.createRecords(workbook, worksheet, rows, query, connection) — Adds rows to a worksheet.
  zoho.sheet.getRecords(workbook, worksheet, query, connection) — Gets rows of a worksheet.
  zoho.desk.create(organization, module, data, connection) — Creates a ticket or another record in Desk.
  zoho.desk.getRecordById(organization, module, id, connection) — Gets one record of Desk.
  zoho.desk.getRecords(organization, module, from, limit, query, connection) — Gets records of Desk.
  zoho.desk.searchRecords(organization, module, query, from, limit, connection) — Finds records of Desk.
  zoho.desk.getRelatedRecords(organization, sub, parent, id, from, limit, query, connection) — Gets what belongs to a record of Desk.
  zoho.projects.createProject(portal, data, connection) — Creates a project.
  zoho.projects.create(portal, project, module, data, connection) — Creates a task or another record in a project.
  zoho.projects.getRecords(portal, project, module, from, limit, connection) — Gets records of a project.
  zoho.recruit.addRecord(module, data, duplicates, workflow, connection) — Adds a record to Recruit.
  zoho.writer.mergeAndStore(document, data, output, connection) — Fills a document and stores it.
  zoho.writer.mergeAndSend(document, format, to, data, connection) — Fills a document and sends it.
  zoho.writer.mergeAndSign(document, data, name, signers, options, connection) — Fills a document and asks for signatures.
  zoho.writer.documents.markAsReady(document, connection) — Says that a document is ready.
  zoho.workdrive.uploadFile(file, folder, name, override, connection) — Puts a file into a folder.
  zoho.workdrive.createFolder(name, parent, connection) — Makes a folder.
  zoho.calendar.createEvent(calendar, event, connection) — Puts an event into a calendar.
  zoho.cliq.createRecord(database, data, connection) — Adds a record to a database of Cliq.
  zoho.bookings.getWorkspaces(connection) — Gets the workspaces of Bookings.
  zoho.fsm.createRecord(module, data, options, connection) — Creates a record in FSM.
  zoho.sdp.create(module, data, account, connection) — Creates a request or another record in ServiceDesk Plus.
  intuit.quickbooks.create(connection, module, company, data) — Creates a record in QuickBooks.
  intuit.quickbooks.update(connection, module, company, id, syncToken, data) — Updates a record in QuickBooks.
  intuit.quickbooks.getRecords(connection, module, company, criteria, fields) — Gets records of QuickBooks.
  intuit.quickbooks.searchRecords(connection, company, query) — Finds records of QuickBooks by a query.
  salesforce.sales.create(connection, module, data) — Creates a record in Salesforce.
`);
