/** Every scope of the sample services, with the sentence that the consent page shows. */
export const API_SCOPES: Readonly<Record<string, string>> = {
  'books.organization.read': 'See the name of your organization in Sandbox Books',
  'books.contacts.read': 'See your contacts in Sandbox Books',
  'books.contacts.create': 'Add contacts to Sandbox Books',
  'books.invoices.read': 'See your invoices in Sandbox Books',
  'books.invoices.create': 'Create invoices in Sandbox Books',
  'sheet.data.read': 'Read your sheets in Sandbox Sheet',
  'sheet.data.write': 'Add rows to your sheets in Sandbox Sheet',
  'sms.account.read': 'See your account in Sandbox SMS',
  'sms.messages.read': 'Read your messages in Sandbox SMS',
  'sms.messages.send': 'Send messages with Sandbox SMS',
};

export const IDENTITY_SCOPES: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];
