import { describe, expect, it } from 'vitest';
import { connectorById } from '../../src/connectors/catalogue.ts';
import { type AnswerDialect, GENERIC, readTokenAnswer, type TokenAnswer } from '../../src/oauth/token-answer.ts';

/** The receipt of every answer here: 1 700 000 000 s after the epoch. */
const NOW = 1_700_000_000_000;

const recordOf = (id: string): AnswerDialect => {
  const { auth } = connectorById(id);
  if (!('answer' in auth)) throw new TypeError(`${id} has no token answer`);
  return auth;
};

type Row = {
  readonly n: string;
  readonly provider: string;
  readonly auth: AnswerDialect | string;
  readonly body: unknown;
  readonly status?: number;
  readonly type?: string;
  readonly isRefresh?: boolean;
  readonly asked?: readonly string[];
  readonly callbackScope?: string;
  readonly gives: Readonly<Record<string, unknown>>;
};

const read = (row: Row): TokenAnswer =>
  readTokenAnswer({
    auth: typeof row.auth === 'string' ? recordOf(row.auth) : row.auth,
    status: row.status ?? 200,
    contentType: row.type ?? 'application/json',
    text: typeof row.body === 'string' ? row.body : JSON.stringify(row.body),
    now: NOW,
    ...(row.isRefresh === true ? { previous: { refreshToken: 'kept', scopes: ['before'] } } : {}),
    ...(row.asked === undefined ? {} : { asked: row.asked }),
    ...(row.callbackScope === undefined ? {} : { callbackScope: row.callbackScope }),
  });

const refused = (detail: string) => ({ ok: false, fault: { code: 'oauth.refused', detail } });
const ended = { ok: false, fault: { code: 'oauth.grant-ended', detail: null } };
const good = (accessToken: string, rest: Readonly<Record<string, unknown>> = {}) => ({
  ok: true,
  accessToken,
  tokenType: 'Bearer',
  ...rest,
});

const ROWS: readonly Row[] = [
  {
    n: '1',
    provider: 'Slack, the bot token at the top',
    auth: 'slack',
    body: '{"ok":true,"access_token":"xoxb-1","token_type":"bot","scope":"chat:write,users:read","team":{"id":"T1","name":"Acme"},"authed_user":{"id":"U1","scope":"search:read","access_token":"xoxp-1","token_type":"user"}}',
    gives: good('xoxb-1', { scopes: ['chat:write', 'users:read'], expiresIn: null }),
  },
  {
    n: '1',
    provider: 'Slack, only a user token',
    auth: 'slack',
    body: '{"ok":true,"team":{"id":"T1"},"authed_user":{"id":"U1","scope":"search:read,files:read","access_token":"xoxp-1","token_type":"user"}}',
    gives: good('xoxp-1', { scopes: ['search:read', 'files:read'] }),
  },
  { n: '2', provider: 'Slack fails', auth: 'slack', body: '{"ok":false,"error":"invalid_code"}', gives: refused('invalid_code') },
  {
    n: '3',
    provider: 'GitHub fails in a form',
    auth: 'github',
    body: 'error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.',
    type: 'application/x-www-form-urlencoded',
    gives: {
      ...refused('bad_verification_code'),
      said: { code: 'bad_verification_code', description: 'The code passed is incorrect or expired.' },
    },
  },
  {
    n: '4',
    provider: 'GitHub succeeds in a form',
    auth: 'github',
    body: 'access_token=gho_1&scope=repo%2Cgist&token_type=bearer',
    type: 'application/x-www-form-urlencoded',
    gives: good('gho_1', { scopes: ['repo', 'gist'] }),
  },
  {
    n: '5',
    provider: 'GitHub device flow',
    auth: 'github-device',
    body: '{"error":"slow_down","error_description":"Too fast","interval":10}',
    gives: { ...refused('slow_down'), details: expect.objectContaining({ interval: 10 }) },
  },
  {
    n: '6',
    provider: 'Salesforce',
    auth: 'salesforce',
    body: '{"access_token":"00D!x","instance_url":"https://acme.my.salesforce.com","id":"https://login.salesforce.com/id/00D/005","token_type":"Bearer","issued_at":"1700000000000","signature":"x=","scope":"api refresh_token"}',
    isRefresh: true,
    gives: good('00D!x', {
      expiresIn: null,
      refreshToken: 'kept',
      scopes: ['api', 'refresh_token'],
      extra: expect.objectContaining({ instance_url: 'https://acme.my.salesforce.com' }),
    }),
  },
  {
    n: '7',
    provider: 'Zoho',
    auth: 'zoho-crm',
    body: '{"access_token":"1000.b","refresh_token":"1000.c","api_domain":"https://www.zohoapis.eu","token_type":"Bearer","expires_in":3600}',
    gives: good('1000.b', { refreshToken: '1000.c', expiresIn: 3600, extra: { api_domain: 'https://www.zohoapis.eu' } }),
  },
  { n: '8', provider: 'Zoho fails', auth: 'zoho-books', body: '{"error":"invalid_code"}', gives: refused('invalid_code') },
  { n: '8', provider: 'Zoho fails at a refresh', auth: 'zoho-books', body: '{"error":"invalid_code"}', isRefresh: true, gives: ended },
  {
    n: '9',
    provider: 'Zoho, old accounts',
    auth: 'zoho-crm',
    body: '{"access_token":"1000.b","expires_in_sec":3600,"expires_in":3600000,"token_type":"Bearer"}',
    gives: good('1000.b', { expiresIn: 3600 }),
  },
  {
    n: '10',
    provider: 'Shopify',
    auth: 'shopify',
    body: '{"access_token":"shpat_1","scope":"read_products,write_orders"}',
    gives: good('shpat_1', { expiresIn: null, scopes: ['read_products', 'write_orders'] }),
  },
  {
    n: '11',
    provider: 'Shopify, online token',
    auth: 'shopify',
    body: '{"access_token":"shpua_1","scope":"read_orders","expires_in":86399,"associated_user_scope":"read_orders","associated_user":{"id":9,"email":"a@b.c"}}',
    gives: good('shpua_1', {
      expiresIn: 86399,
      scopes: ['read_orders'],
      extra: expect.objectContaining({ associated_user: { id: 9, email: 'a@b.c' } }),
    }),
  },
  {
    n: '12',
    provider: 'Facebook',
    auth: 'facebook',
    body: '{"error":{"message":"This authorization code has expired.","type":"OAuthException","code":100,"fbtrace_id":"A"}}',
    status: 400,
    gives: { ...refused('OAuthException'), said: { code: 'OAuthException', description: 'This authorization code has expired.' } },
  },
  {
    n: '13',
    provider: 'Instagram',
    auth: 'instagram',
    body: '{"data":[{"access_token":"IGQ1","user_id":"178","permissions":"instagram_business_basic"}]}',
    gives: good('IGQ1', { scopes: ['instagram_business_basic'], extra: expect.objectContaining({ user_id: '178' }) }),
  },
  {
    n: '14',
    provider: 'Threads',
    auth: 'threads',
    body: '{"access_token":"TH1","user_id":17841405793187218}',
    gives: good('TH1', { expiresIn: null, extra: { user_id: '17841405793187218' } }),
  },
  {
    n: '15',
    provider: 'LinkedIn',
    auth: 'linkedin',
    body: '{"access_token":"AQ1","expires_in":5184000,"scope":"email,openid,profile"}',
    gives: good('AQ1', { expiresIn: 5_184_000, scopes: ['email', 'openid', 'profile'] }),
  },
  {
    n: '16',
    provider: 'Notion',
    auth: 'notion',
    body: '{"access_token":"ntn_1","token_type":"bearer","bot_id":"b","workspace_id":"w","workspace_name":"Acme","owner":{"type":"user","user":{"id":"u"}},"duplicated_template_id":null,"refresh_token":null}',
    gives: good('ntn_1', { refreshToken: null, expiresIn: null, extra: expect.objectContaining({ workspace_id: 'w', bot_id: 'b' }) }),
  },
  {
    n: '17',
    provider: 'TikTok',
    auth: 'tiktok',
    body: '{"access_token":"act.1","expires_in":86400,"open_id":"o","refresh_expires_in":31536000,"refresh_token":"rft.1","scope":"user.info.basic,video.list","token_type":"Bearer"}',
    gives: good('act.1', { refreshToken: 'rft.1', refreshExpiresIn: 31_536_000, scopes: ['user.info.basic', 'video.list'] }),
  },
  {
    n: '18',
    provider: 'TikTok for Business fails',
    auth: 'tiktok-ads',
    body: '{"code":40105,"message":"Access token is incorrect or has been revoked.","request_id":"r","data":{}}',
    gives: { ...refused('40105'), said: { code: '40105', description: 'Access token is incorrect or has been revoked.' } },
  },
  {
    n: '18',
    provider: 'TikTok for Business succeeds',
    auth: 'tiktok-ads',
    body: '{"code":0,"message":"OK","request_id":"r","data":{"access_token":"t1","scope":[4],"advertiser_ids":["9"]}}',
    gives: good('t1', { scopes: ['4'], extra: expect.objectContaining({ advertiser_ids: ['9'] }) }),
  },
  {
    n: '19',
    provider: 'QuickBooks',
    auth: 'quickbooks',
    body: '{"token_type":"bearer","access_token":"ey","expires_in":3600,"refresh_token":"AB1","x_refresh_token_expires_in":8726400}',
    isRefresh: true,
    gives: good('ey', { refreshToken: 'AB1', refreshExpiresIn: 8_726_400 }),
  },
  {
    n: '20',
    provider: 'Stripe Connect',
    auth: 'stripe-connect',
    body: '{"access_token":"sk_test_1","livemode":false,"refresh_token":"rt_1","token_type":"bearer","stripe_publishable_key":"pk_test_1","stripe_user_id":"acct_1","scope":"read_write"}',
    gives: good('sk_test_1', {
      expiresIn: null,
      scopes: ['read_write'],
      extra: expect.objectContaining({ stripe_user_id: 'acct_1', livemode: false }),
    }),
  },
  {
    n: '21',
    provider: 'Google at a refresh',
    auth: 'google-drive',
    body: '{"access_token":"ya29","expires_in":3599,"scope":"https://www.googleapis.com/auth/drive.file openid","token_type":"Bearer","id_token":"ey"}',
    isRefresh: true,
    gives: good('ya29', { refreshToken: 'kept', scopes: ['https://www.googleapis.com/auth/drive.file', 'openid'] }),
  },
  {
    n: '22',
    provider: 'Google fails',
    auth: 'google',
    body: '{"error":"invalid_request","error_description":"client_secret is missing."}',
    status: 400,
    gives: { ...refused('invalid_request'), said: { code: 'invalid_request', description: 'client_secret is missing.' } },
  },
  {
    n: '23',
    provider: 'Microsoft v2',
    auth: 'microsoft-graph',
    body: '{"token_type":"Bearer","scope":"User.Read openid profile","expires_in":3736,"ext_expires_in":3736,"access_token":"ey","refresh_token":"1.A"}',
    isRefresh: true,
    gives: good('ey', { refreshToken: '1.A', scopes: ['User.Read', 'openid', 'profile'], expiresIn: 3736 }),
  },
  {
    n: '24',
    provider: 'Microsoft v1',
    auth: GENERIC,
    body: '{"token_type":"Bearer","expires_in":"3599","expires_on":"1700003599","not_before":"1699999999","resource":"https://graph.microsoft.com","access_token":"ey"}',
    gives: good('ey', { expiresIn: 3599 }),
  },
  {
    n: '25',
    provider: 'Microsoft fails',
    auth: 'microsoft-graph',
    body: '{"error":"invalid_grant","error_description":"AADSTS70008: The code has expired.","error_codes":[70008],"trace_id":"t"}',
    status: 400,
    gives: { ...refused('invalid_grant'), details: expect.objectContaining({ error_codes: [70008] }) },
  },
  {
    n: '26',
    provider: 'Xero',
    auth: 'xero',
    body: '{"access_token":"ey","expires_in":1800,"token_type":"Bearer","refresh_token":"abc","scope":"offline_access accounting.transactions","id_token":"ey"}',
    isRefresh: true,
    gives: good('ey', { refreshToken: 'abc', scopes: ['offline_access', 'accounting.transactions'] }),
  },
  {
    n: '27',
    provider: 'Fitbit fails',
    auth: 'fitbit',
    body: '{"errors":[{"errorType":"invalid_grant","message":"Refresh token invalid: it was used"}],"success":false}',
    status: 401,
    isRefresh: true,
    gives: ended,
  },
  {
    n: '28',
    provider: 'Asana',
    auth: 'asana',
    body: '{"access_token":"f6","expires_in":3600,"token_type":"bearer","data":{"id":4673218951,"gid":"4673218951","name":"Greg","email":"g@x.y"},"refresh_token":"hj"}',
    gives: good('f6', { refreshToken: 'hj', extra: expect.objectContaining({ data: expect.objectContaining({ name: 'Greg' }) }) }),
  },
  {
    n: '29',
    provider: 'Figma at a refresh',
    auth: 'figma',
    body: '{"user_id_string":"1","access_token":"figu_1","token_type":"bearer","expires_in":7776000}',
    isRefresh: true,
    gives: good('figu_1', { refreshToken: 'kept', expiresIn: 7_776_000 }),
  },
  {
    n: '30',
    provider: 'Pinterest',
    auth: 'pinterest',
    body: '{"response_type":"authorization_code","access_token":"pina_1","token_type":"bearer","expires_in":2592000,"refresh_token":"pinr.1","refresh_token_expires_in":31536000,"scope":"boards:read pins:read"}',
    gives: good('pina_1', { scopes: ['boards:read', 'pins:read'], refreshExpiresIn: 31_536_000 }),
  },
  {
    n: '31',
    provider: 'Strava, the scope from the callback',
    auth: 'strava',
    body: '{"token_type":"Bearer","expires_at":1700021600,"expires_in":21600,"refresh_token":"r","access_token":"a","athlete":{"id":1}}',
    asked: ['read', 'activity:read', 'activity:write'],
    callbackScope: 'read,activity:read',
    gives: good('a', { expiresIn: 21600, scopes: ['read', 'activity:read'] }),
  },
  {
    n: '32',
    provider: 'Strava fails',
    auth: 'strava',
    body: '{"message":"Bad Request","errors":[{"resource":"AuthorizationCode","field":"code","code":"invalid"}]}',
    status: 400,
    gives: { ...refused('invalid'), said: { code: 'invalid', description: 'Bad Request' } },
  },
  {
    n: '33',
    provider: 'X',
    auth: 'x-twitter',
    body: '{"token_type":"bearer","expires_in":7200,"access_token":"c","scope":"tweet.read users.read offline.access","refresh_token":"d"}',
    isRefresh: true,
    gives: good('c', { refreshToken: 'd' }),
  },
  {
    n: '34',
    provider: 'Reddit, the error a number',
    auth: 'reddit',
    body: '{"message":"Unauthorized","error":401}',
    status: 401,
    gives: refused('Unauthorized'),
  },
  { n: '34', provider: 'Reddit with status 200', auth: 'reddit', body: '{"error":"invalid_grant"}', isRefresh: true, gives: ended },
  {
    n: '35',
    provider: 'Mailchimp',
    auth: 'mailchimp',
    body: '{"access_token":"5c","expires_in":0,"scope":null}',
    asked: [],
    gives: good('5c', { expiresIn: 'never', scopes: [] }),
  },
  {
    n: '36',
    provider: 'Twitch',
    auth: 'twitch',
    body: '{"access_token":"a","expires_in":14124,"refresh_token":"5","scope":["user:read:email","chat:read"],"token_type":"bearer"}',
    gives: good('a', { scopes: ['user:read:email', 'chat:read'] }),
  },
  {
    n: '36',
    provider: 'Twitch fails',
    auth: 'twitch',
    body: '{"status":400,"message":"Invalid authorization code"}',
    status: 400,
    gives: refused('Invalid authorization code'),
  },
  {
    n: '37',
    provider: 'Withings',
    auth: 'withings',
    body: '{"status":0,"body":{"userid":"363","access_token":"a","refresh_token":"f","scope":"user.info,user.metrics","expires_in":10800,"token_type":"Bearer"}}',
    gives: good('a', {
      refreshToken: 'f',
      expiresIn: 10800,
      scopes: ['user.info', 'user.metrics'],
      extra: expect.objectContaining({ userid: '363' }),
    }),
  },
  {
    n: '37',
    provider: 'Withings fails',
    auth: 'withings',
    body: '{"status":503,"body":{},"error":"Invalid Params: invalid code"}',
    gives: refused('Invalid Params: invalid code'),
  },
  {
    n: '38',
    provider: 'Exact Online',
    auth: 'exact-online',
    body: '{"access_token":"s","token_type":"bearer","expires_in":"600","refresh_token":"t"}',
    gives: good('s', { expiresIn: 600, refreshToken: 't' }),
  },
  {
    n: '39',
    provider: 'MYOB',
    auth: 'myob',
    body: '{"access_token":"a","token_type":"bearer","expires_in":"1200","refresh_token":"b","scope":"CompanyFile","user":{"uid":"u","username":"x"}}',
    gives: good('a', { expiresIn: 1200, extra: expect.objectContaining({ user: { uid: 'u', username: 'x' } }) }),
  },
  {
    n: '40',
    provider: 'Naver',
    auth: 'naver',
    body: '{"access_token":"A","refresh_token":"c","token_type":"bearer","expires_in":"3600"}',
    gives: good('A', { expiresIn: 3600 }),
  },
  {
    n: '40',
    provider: 'Naver fails',
    auth: 'naver',
    body: '{"error":"invalid_request","error_description":"no valid data in session"}',
    gives: refused('invalid_request'),
  },
  {
    n: '41',
    provider: 'Square',
    auth: 'square',
    body: '{"access_token":"EAAA","token_type":"bearer","expires_at":"2023-12-14T22:13:20Z","merchant_id":"M","refresh_token":"EQAA","short_lived":false}',
    gives: good('EAAA', { expiresIn: 2_592_000, extra: expect.objectContaining({ merchant_id: 'M' }) }),
  },
  {
    n: '42',
    provider: 'Clover',
    auth: 'clover',
    body: '{"access_token":"a","access_token_expiration":1700001800,"refresh_token":"clvroar-1","refresh_token_expiration":1731536000}',
    gives: good('a', { expiresIn: 1800, refreshToken: 'clvroar-1', refreshExpiresIn: 31_536_000 }),
  },
  {
    n: '43',
    provider: 'Squarespace',
    auth: 'squarespace',
    body: '{"access_token":"a","access_token_expires_at":"1700001800.123","refresh_token":"r","refresh_token_expires_at":"1700604800.5","token_type":"bearer","account_id":"x"}',
    gives: good('a', { expiresIn: 1800, refreshExpiresIn: 604_801 }),
  },
  {
    n: '44',
    provider: 'Stack Exchange',
    auth: 'stackexchange',
    body: 'access_token=abc&expires=86400',
    type: 'text/plain',
    gives: good('abc', { expiresIn: 86400 }),
  },
  {
    n: '45',
    provider: 'Deezer',
    auth: 'deezer',
    body: 'access_token=frA&expires=3600',
    type: 'text/html',
    gives: good('frA', { expiresIn: 3600 }),
  },
  {
    n: '45',
    provider: 'Deezer fails in words',
    auth: 'deezer',
    body: 'wrong code',
    type: 'text/html',
    gives: {
      ok: false,
      fault: { code: 'oauth.answer-unreadable', detail: 'unreadable_response, status 200, text/html, begins wrong code' },
    },
  },
  {
    n: '46',
    provider: 'Intercom',
    auth: 'intercom',
    body: '{"token_type":"Bearer","token":"dG9r","access_token":"dG9r"}',
    gives: good('dG9r', { expiresIn: null, extra: {} }),
  },
  {
    n: '47',
    provider: 'Dropbox',
    auth: 'dropbox',
    body: '{"access_token":"sl.A","expires_in":14400,"token_type":"bearer","scope":"account_info.read","account_id":"dbid:A","uid":"12345"}',
    isRefresh: true,
    gives: good('sl.A', { refreshToken: 'kept', extra: { account_id: 'dbid:A', uid: '12345' } }),
  },
  {
    n: '48',
    provider: 'Spotify at a refresh',
    auth: 'spotify',
    body: '{"access_token":"Bq","token_type":"Bearer","scope":"user-read-email","expires_in":3600}',
    isRefresh: true,
    gives: good('Bq', { refreshToken: 'kept' }),
  },
  {
    n: '49',
    provider: 'Calendly',
    auth: 'calendly',
    body: '{"token_type":"Bearer","access_token":"ey","refresh_token":"b7","scope":"default","created_at":1548689183,"expires_in":7200,"owner":"https://api.calendly.com/users/A","organization":"https://api.calendly.com/organizations/B"}',
    isRefresh: true,
    gives: good('ey', {
      refreshToken: 'b7',
      expiresIn: 7200,
      extra: expect.objectContaining({ owner: 'https://api.calendly.com/users/A' }),
    }),
  },
  {
    n: '50',
    provider: 'Pipedrive',
    auth: 'pipedrive',
    body: '{"access_token":"v1:","token_type":"Bearer","refresh_token":"1:","scope":"base,deals:full","expires_in":3599,"api_domain":"https://acme.pipedrive.com"}',
    gives: good('v1:', { scopes: ['base', 'deals:full'], extra: { api_domain: 'https://acme.pipedrive.com' } }),
  },
  {
    n: '51',
    provider: 'HubSpot fails',
    auth: 'hubspot',
    body: '{"status":"BAD_AUTH_CODE","message":"missing or unknown auth code","correlationId":"x"}',
    status: 400,
    gives: { ...refused('BAD_AUTH_CODE'), said: { code: 'BAD_AUTH_CODE', description: 'missing or unknown auth code' } },
  },
  {
    n: '52',
    provider: 'PayPal',
    auth: 'paypal',
    body: '{"scope":"https://uri.paypal.com/services/invoicing openid","access_token":"A21","token_type":"Bearer","app_id":"APP-1","expires_in":32400,"nonce":"2026-"}',
    gives: good('A21', { scopes: ['https://uri.paypal.com/services/invoicing', 'openid'] }),
  },
  {
    n: '53',
    provider: 'Twilio OAuth apps',
    auth: 'twilio-oauth',
    body: '{"access_token":"ey","id_token":null,"token_type":"Bearer","expires_in":3600,"refresh_token":null}',
    gives: good('ey', { refreshToken: null, expiresIn: 3600 }),
  },
  {
    n: '53',
    provider: 'Twilio OAuth apps, the odd end of one example',
    auth: 'twilio-oauth',
    body: '{"access_token":"ey","token_type":"Bearer","expires_in":1438315200000}',
    gives: good('ey', { expiresIn: null }),
  },
  {
    n: '54',
    provider: 'Bitbucket',
    auth: 'bitbucket',
    body: '{"scopes":"account repository","access_token":"x","expires_in":7200,"token_type":"bearer","state":"authorization_code","refresh_token":"r"}',
    gives: good('x', { scopes: ['account', 'repository'] }),
  },
  {
    n: '55',
    provider: 'Heroku fails',
    auth: 'heroku',
    body: '{"id":"unauthorized","error":"invalid_grant","message":"invalid code"}',
    status: 401,
    isRefresh: true,
    gives: { ...ended, said: { code: 'invalid_grant', description: 'invalid code' } },
  },
  {
    n: '56',
    provider: 'Keap',
    auth: 'keap',
    body: '{"scope":"full|ab123.infusionsoft.com","access_token":"a","token_type":"bearer","expires_in":86399,"refresh_token":"r"}',
    gives: good('a', { scopes: ['full'] }),
  },
  {
    n: '57',
    provider: 'ArcGIS fails',
    auth: 'arcgis',
    body: '{"error":{"code":400,"error":"invalid_request","error_description":"Invalid code","message":"Invalid code","details":[]}}',
    gives: { ...refused('invalid_request'), said: { code: 'invalid_request', description: 'Invalid code' } },
  },
  {
    n: '58',
    provider: 'VK',
    auth: { ...GENERIC, answer: { zeroNeverExpires: true } },
    body: '{"access_token":"5","expires_in":0,"user_id":66748}',
    gives: good('5', { expiresIn: 'never', extra: { user_id: 66748 } }),
  },
  {
    n: '59',
    provider: 'WeChat fails',
    auth: { ...GENERIC, answer: { envelope: 'errcode' } },
    body: '{"errcode":40029,"errmsg":"invalid code"}',
    type: 'text/plain',
    gives: { ...refused('40029'), said: { code: '40029', description: 'invalid code' } },
  },
  {
    n: '60',
    provider: 'Meetup, Basecamp',
    auth: 'basecamp',
    body: '{"access_token":"BA","expires_in":1209600,"refresh_token":"BA2"}',
    gives: good('BA', { refreshToken: 'BA2' }),
  },
  {
    n: '61',
    provider: 'Apple',
    auth: 'apple',
    body: '{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r","id_token":"ey"}',
    gives: good('a', { idToken: 'ey', extra: {} }),
  },
  {
    n: '62',
    provider: 'Amazon Selling Partner',
    auth: 'amazon-selling-partner',
    body: '{"access_token":"Atza|1","refresh_token":"Atzr|1","token_type":"bearer","expires_in":3600}',
    gives: good('Atza|1', { refreshToken: 'Atzr|1' }),
  },
  {
    n: '63',
    provider: 'Wrike',
    auth: 'wrike',
    body: '{"access_token":"2Y","refresh_token":"eF","token_type":"bearer","expires_in":3600,"host":"app-eu.wrike.com"}',
    gives: good('2Y', { extra: { host: 'app-eu.wrike.com' } }),
  },
  {
    n: '64',
    provider: 'Teamwork',
    auth: 'teamwork',
    body: '{"access_token":"tkn.v1","installation":{"id":1,"apiEndPoint":"https://acme.eu.teamwork.com/"},"status":"ok","user":{"id":"1"}}',
    gives: good('tkn.v1', {
      expiresIn: null,
      extra: expect.objectContaining({ 'installation.apiEndPoint': 'https://acme.eu.teamwork.com/' }),
    }),
  },
  {
    n: '65',
    provider: 'Kakao at a refresh',
    auth: 'kakao',
    body: '{"access_token":"a","token_type":"bearer","expires_in":43199}',
    isRefresh: true,
    gives: good('a', { refreshToken: 'kept', expiresIn: 43199 }),
  },
  {
    n: '66',
    provider: 'Doorkeeper servers',
    auth: 'gitlab',
    body: '{"access_token":"d","token_type":"Bearer","expires_in":7200,"refresh_token":"r","scope":"api","created_at":1607635748}',
    isRefresh: true,
    gives: good('d', { refreshToken: 'r', expiresIn: 7200 }),
  },
  {
    n: '66',
    provider: 'Doorkeeper servers, eternal',
    auth: 'mastodon',
    body: '{"access_token":"d","token_type":"Bearer","expires_in":null,"scope":"read","created_at":1607635748}',
    gives: good('d', { expiresIn: null }),
  },
  {
    n: '67',
    provider: 'a proxy that is down',
    auth: GENERIC,
    body: '<html>Bad Gateway</html>',
    status: 502,
    type: 'text/html',
    gives: { ok: false, fault: { code: 'oauth.provider-down', detail: 'status 502' } },
  },
  {
    n: '67',
    provider: 'a proxy with a page of its own',
    auth: GENERIC,
    body: '<html>Sign in</html>',
    type: 'text/html',
    gives: {
      ok: false,
      fault: { code: 'oauth.answer-unreadable', detail: 'unreadable_response, status 200, text/html, begins Sign in' },
    },
  },
  {
    n: '67',
    provider: 'nothing at all',
    auth: GENERIC,
    body: '',
    status: 204,
    gives: { ok: false, fault: { code: 'oauth.answer-unreadable' } },
  },
];

describe('token answers as real services give them', () => {
  it.each(ROWS.map((row) => [`quirk ${row.n} ${row.provider}`, row] as const))('%s', (_, row) => {
    expect(read(row)).toMatchObject(row.gives);
  });

  it('has a row for each of the 67', () => {
    expect(new Set(ROWS.map(({ n }) => n)).size).toBe(67);
  });
});
