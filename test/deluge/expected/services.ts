import type { Expected } from '../run-script.ts';

export const SERVICES: Readonly<Record<string, Expected>> = {
  '01-crm-create-lead': {
    input: { Name: 'Rossi', Email: 'A@B.example' },
    refs: ['6 crm_main zoho.crm.createRecord'],
    stops: '6 zoho.crm.createRecord is not here',
  },
  '02-crm-update-stage': {
    refs: ['1 crm_main zoho.crm.getRecordById', '6 crm_main zoho.crm.updateRecord'],
    stops: '1 zoho.crm.getRecordById is not here',
  },
  '03-crm-search-criteria': {
    refs: ['3 crm_main zoho.crm.searchRecords', '10 crm_main zoho.crm.searchRecords'],
    stops: '3 zoho.crm.searchRecords is not here',
  },
  '04-crm-system-connection': {
    refs: ['2 system:crm zoho.crm.getRecords', '3 system:crm zoho.crm.searchRecords'],
    stops: '2 zoho.crm.getRecords is not here',
  },
  '05-crm-options-map': {
    refs: ['1 crm_main zoho.crm.getRecordById (likely)', '2 crm_notes zoho.crm.getRelatedRecords'],
    stops: '1 zoho.crm.getRecordById is not here',
  },
  '06-crm-version-in-path': {
    refs: ['2 crm_main zoho.crm.v8.createRecord', '4 crm_main zoho.crm.upsert'],
    stops: '2 zoho.crm.v8.createRecord is not here',
  },
  '07-books-invoice': { refs: ['6 books_link zoho.books.createRecord'], stops: '6 zoho.books.createRecord is not here' },
  '08-books-by-url': { refs: ['9 books_link invokeurl'], stops: '3 no service here' },
  '09-books-pages': { refs: ['11 books_link invokeurl'], stops: '6 no service here' },
  '10-desk-ticket': {
    refs: [
      '4 desk_link zoho.desk.getRecordById',
      '5 desk_link zoho.desk.create',
      '6 desk_link zoho.desk.getRecords',
      '7 desk_link zoho.desk.searchRecords',
      '8 desk_reader zoho.desk.getRelatedRecords',
    ],
    stops: '4 zoho.desk.getRecordById is not here',
  },
  '11-sheet-rows': {
    refs: ['4 sheet_user zoho.sheet.createRecords', '5 sheet_user zoho.sheet.getRecords'],
    stops: '4 zoho.sheet.createRecords is not here',
  },
  '12-quickbooks-first-argument': {
    refs: ['2 qb_link intuit.quickbooks.create', '3 qb_link intuit.quickbooks.searchRecords'],
    problems: ['4:8 intuit.quickbooks.getRecords needs a connection as its first argument'],
    stops: '2 intuit.quickbooks.create is not here',
  },
  '13-salesforce': {
    refs: ['3 sf_link salesforce.sales.create', '4 sf_link salesforce.sales.update'],
    stops: '3 salesforce.sales.create is not here',
  },
  '14-projects-and-people': {
    refs: [
      '1 projects zoho.projects.createProject',
      '2 projects zoho.projects.create',
      '3 projects zoho.projects.getRecords',
      '5 people_link zoho.people.addLeave (likely)',
    ],
    stops: '1 zoho.projects.createProject is not here',
  },
  '15-writer-and-workdrive': {
    refs: [
      '2 writer_link zoho.writer.mergeAndStore',
      '3 writer_link zoho.writer.v2.mergeAndSend',
      '4 writer_link zoho.writer.documents.markAsReady',
      '5 sign_link zoho.writer.mergeAndSign',
      '6 drive_link zoho.workdrive.createFolder',
      '7 drive_link zoho.workdrive.uploadFile',
    ],
    stops: '2 zoho.writer.mergeAndStore is not here',
  },
  '16-calendar-cliq-bookings': {
    refs: [
      '1 calendar_link zoho.calendar.createEvent',
      '2 cliq_link zoho.cliq.createRecord',
      '3 bookings_link zoho.bookings.getWorkspaces',
      '4 recruit_link zoho.recruit.addRecord',
      '5 fsm_link zoho.fsm.createRecord',
      '6 sdp_link zoho.sdp.create',
    ],
    stops: '1 zoho.calendar.createEvent is not here',
  },
  '17-creator-own-application': {
    refs: [
      '3 creator_link zoho.creator.getRecords',
      '4 creator_link zoho.creator.v2_1.createRecord',
      '5 creator_link zoho.creator.updateRecord',
    ],
    stops: '2 zoho.creator.getRecords is not here',
  },
  '18-inventory-billing-invoice': {
    refs: [
      '1 stock zoho.inventory.createRecord',
      '2 stock zoho.inventory.getRecordsByID',
      '3 billing zoho.billing.create',
      '4 invoices zoho.invoice.create',
      '5 system:invoice zoho.invoice.create',
    ],
    stops: '1 zoho.inventory.createRecord is not here',
  },
  '19-webhook-slack': { refs: ['2 slack invokeurl'], stops: '2 no service here' },
  '20-webhook-no-connection': { stops: '2 no service here' },
  '21-token-in-script': {
    refs: ['3 desk_link invokeurl'],
    problems: [
      '2:5 a token stands in the script: name a connection instead of an Authorization header',
      '6:5 a token stands in the script: name a connection instead of an Authorization header',
    ],
    stops: '2 no service here',
  },
  '22-twilio-sms': { refs: ['8 twilio invokeurl'], stops: '3 no service here' },
  '23-sms-and-mail-blocks': { stops: '2 sendmail is not supported' },
  '24-error-handling': { refs: ['6 books_link invokeurl'], info: ['line 3: no service here', 'goes on'] },
  '25-nested-errors': { info: ['outer', 'the list has no element 5: it has 2', 'abc is no number in line 12'] },
  '26-detailed-response': { refs: ['6 orders invokeurl'], stops: '1 no service here' },
  '27-file-download': { refs: ['6 drive_link invokeurl', '14 drive_link invokeurl'], stops: '1 no service here' },
  '28-invokeapi': { refs: ['7 books_link invokeapi'], stops: '1 no service here' },
  '29-sftp-and-ftp': {
    refs: ['8 sftp_link sftp (unsupported kind)', '10 ftp_link ftp (unsupported kind)'],
    stops: '1 sftp is not supported',
  },
  '59-oauth-dropbox': { refs: ['7 dropbox invokeurl'], stops: '1 no service here' },
  '60-sync-books-to-crm': {
    refs: [
      '6 books_link zoho.books.getRecords',
      '11 crm_main zoho.crm.searchRecords',
      '16 crm_main zoho.crm.createRecord',
      '20 crm_main zoho.crm.updateRecord',
    ],
    stops: '6 zoho.books.getRecords is not here',
  },
  '76-sms-with-fallback': { refs: ['18 sms_magic invokeurl (one of)', '18 clickatell invokeurl (one of)'], info: ['no number'] },
  '78-zoho-sample-style': { refs: ['9 crm_oauth_connection invokeurl'], stops: '4 no service here' },
  '79-every-key': { refs: ['7 every_key invokeurl'], stops: '2 no service here' },
};
