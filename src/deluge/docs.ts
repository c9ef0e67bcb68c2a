/** One line of help on a word of the language: how it is written, and what it does. */
export type Doc = { readonly name: string; readonly shape: string; readonly text: string };

const docs = (rows: Readonly<Record<string, readonly [shape: string, text: string]>>): readonly Doc[] =>
  Object.entries(rows).map(([name, [shape, text]]) => ({ name, shape, text }));

/** Keys of `invokeurl [ … ]` (zoho.com/deluge/help/deluge-invoke-url.html). */
export const INVOKEURL_KEYS: readonly Doc[] = docs({
  url: ['url: TEXT', 'Where the request goes. The only key that must be there.'],
  type: ['type: GET | POST | PUT | PATCH | DELETE', 'The kind of request; GET where it is missing.'],
  headers: ['headers: KEY-VALUE', 'Headers of the request. A connection brings its Authorization header itself.'],
  parameters: ['parameters: KEY-VALUE | TEXT', 'The query of a GET, a form otherwise; a text is the raw body.'],
  body: ['body: KEY-VALUE | TEXT | FILE', 'The body. With it, parameters mean the query.'],
  'content-type': ['content-type: TEXT', 'What the body is, such as application/json.'],
  files: ['files: FILE | LIST', 'Files that are sent in parts.'],
  connection: ['connection: TEXT', 'The link name of the connection that authorizes the request.'],
  detailed: ['detailed: BOOLEAN', 'true gives responseText, responseHeader and responseCode instead of the body alone.'],
  'response-format': ['response-format: FILE', 'Forces what the answer is read as.'],
  'response-decoding': ['response-decoding: TEXT', 'The encoding of the answer, such as "UTF-8".'],
});

/** Keys of `invokeapi [ … ]`. */
export const INVOKEAPI_KEYS: readonly Doc[] = docs({
  service: ['service: NAME', 'The Zoho service, as a bare name such as ZohoBooks.'],
  path: ['path: TEXT', 'The path of the call, without a host.'],
  type: ['type: GET | POST | PUT | PATCH | DELETE', 'The kind of request; GET where it is missing.'],
  parameters: ['parameters: KEY-VALUE', 'The query of the call.'],
  body: ['body: KEY-VALUE | TEXT', 'The body of the call.'],
  headers: ['headers: KEY-VALUE', 'Headers of the call.'],
  connection: ['connection: TEXT', 'The link name of the connection that authorizes the call.'],
  'response-format': ['response-format: FILE', 'Forces what the answer is read as.'],
  'response-decoding': ['response-decoding: TEXT', 'The encoding of the answer, such as "UTF-8".'],
});

/** Values that a key takes as bare words. */
export const KEY_VALUES: Readonly<Record<string, readonly string[]>> = {
  type: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  detailed: ['true', 'false'],
  'response-format': ['FILE'],
  'content-type': ['"application/json"', '"text/plain"', '"multipart/form-data"'],
};

/** Words that begin a statement or a block. */
export const KEYWORD_DOCS: readonly Doc[] = docs({
  if: ['if(condition) { … }', 'Runs the block where the condition is true.'],
  'else if': ['else if(condition) { … }', 'Is asked where the conditions before were not true.'],
  else: ['else { … }', 'Runs where no condition before was true.'],
  'for each': ['for each element in list { … }', 'Runs the block for each element of a list, or each key of a map.'],
  'for each index': ['for each index i in list { … }', 'Runs the block for each index of a list, from 0.'],
  try: ['try { … } catch (e) { … }', 'Runs the second block where the first one fails; e.message and e.lineNo say how.'],
  return: ['return value;', 'Ends the function and gives its value.'],
  break: ['break;', 'Ends the loop.'],
  continue: ['continue;', 'Goes on with the next element of the loop.'],
  info: ['info value;', 'Writes a value to the output of the run.'],
  invokeurl: ['invokeurl [ url: … connection: … ]', 'Sends a request to any address, authorized by a connection.'],
  invokeapi: ['invokeapi [ service: … path: … connection: … ]', 'Calls a Zoho service, authorized by a connection.'],
});

/** Names that the system gives a value. */
export const VARIABLE_DOCS: readonly Doc[] = docs({
  'zoho.currentdate': ['zoho.currentdate', 'Today, as a date.'],
  'zoho.currenttime': ['zoho.currenttime', 'Now, as a date with its time.'],
  'zoho.loginuser': ['zoho.loginuser', 'The name of who runs the script.'],
  'zoho.loginuserid': ['zoho.loginuserid', 'The mail address of who runs the script.'],
  'zoho.adminuser': ['zoho.adminuser', 'The name of the application’s owner.'],
  'zoho.adminuserid': ['zoho.adminuserid', 'The mail address of the application’s owner.'],
  'zoho.appname': ['zoho.appname', 'The link name of the application.'],
  'thisapp.environment.type': ['thisapp.environment.type', 'development, stage or production.'],
  'thisapp.environment.linkname': ['thisapp.environment.linkname', 'The link name of the environment.'],
});
