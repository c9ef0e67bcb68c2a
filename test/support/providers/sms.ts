import { type Arrived, formOf, jsonOf, type Provider, type Said } from './provider.ts';

export type Sms = { readonly via: string; readonly to: string; readonly from: string; readonly text: string };

export const SMS_KEYS = {
  twilio: { sid: 'AC0123456789abcdef0123456789abcdef', token: 'twilio-auth-token-51ee' },
  clickatell: { key: 'clickatell-key-9f3b==' },
  smsMagic: { key: 'smsmagic-key-77c1' },
  vonage: { key: 'a1b2c3d4', secret: 'vonage-secret-40aa' },
  messagebird: { key: 'messagebird-live-key-b8' },
} as const;

const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/**
 * Five SMS services as they document their own requests and answers: Twilio (Messages resource), Clickatell (One API), SMS-Magic (sms/send),
 * Vonage (SMS API), MessageBird (REST). Nothing is sent anywhere. `delivered` is what each took; `limits` answers 429 that many times first.
 */
export const createSmsProviders = () => {
  const delivered: Sms[] = [];
  const limits = new Map<string, { times: number; retryAfter: string }>();
  const take = (via: string, to: string, from: string, text: string): string => {
    delivered.push({ via, to, from, text });
    return `${via}-${delivered.length}`;
  };
  const limited = (via: string): Said | null => {
    const limit = limits.get(via);
    if (limit === undefined || limit.times === 0) return null;
    limit.times -= 1;
    return { status: 429, headers: { 'retry-after': limit.retryAfter }, body: { code: 20429, message: 'Too Many Requests', status: 429 } };
  };
  const twilio: Provider = {
    hosts: ['api.twilio.com'],
    answer: (request) => {
      const { sid, token } = SMS_KEYS.twilio;
      const root = `/2010-04-01/Accounts/${sid}`;
      if (request.headers['authorization'] !== basic(sid, token))
        return {
          status: 401,
          body: { code: 20003, message: 'Authenticate', more_info: 'https://www.twilio.com/docs/errors/20003', status: 401 },
        };
      if (request.path === `${root}.json`) return { status: 200, body: { sid, friendly_name: 'Harbour Homes', status: 'active' } };
      if (request.path !== `${root}/Messages.json`) return null;
      if (request.method === 'GET') return { status: 200, body: { messages: delivered, page: 0 } };
      const form = formOf(request);
      const [to, from, text] = [form.get('To') ?? '', form.get('From') ?? '', form.get('Body') ?? ''];
      if (to.endsWith('0000'))
        return { status: 400, body: { code: 21211, message: `The 'To' number ${to} is not a valid phone number.`, status: 400 } };
      return limited('twilio') ?? { status: 201, body: { sid: take('twilio', to, from, text), status: 'queued', to, from, body: text } };
    },
  };
  const clickatell: Provider = {
    hosts: ['platform.clickatell.com'],
    answer: (request) => {
      if (request.headers['authorization'] !== SMS_KEYS.clickatell.key)
        return { status: 401, body: { error: 'Invalid or missing Integration API Key' } };
      if (request.path === '/v1/balance') return { status: 200, body: { balance: 12.5, currency: 'EUR' } };
      if (request.path !== '/v1/message' || request.method !== 'POST') return null;
      const [message] = jsonOf(request)['messages'] as Record<string, string>[];
      const { to = '', content = '', from = '', channel } = message ?? {};
      if (channel !== 'sms') return { status: 400, body: { error: 'channel' } };
      if (to.endsWith('0000'))
        return {
          status: 207,
          body: {
            messages: [{ apiMessageId: null, accepted: false, to, error: { code: 112, description: 'Invalid Destination Address' } }],
            error: null,
          },
        };
      return {
        status: 202,
        body: { messages: [{ apiMessageId: take('clickatell', to, from, content), accepted: true, to, error: null }], error: null },
      };
    },
  };
  const smsMagic: Provider = {
    hosts: ['api.sms-magic.com'],
    answer: (request) => {
      if (request.headers['apikey'] !== SMS_KEYS.smsMagic.key) return { status: 401, body: { error: 'Invalid apiKey' } };
      if (request.path !== '/v1/sms/send' || request.method !== 'POST') return null;
      const { mobile_number: to, sms_text: text, sender_id: from } = jsonOf(request);
      return { status: 200, body: { id: take('sms-magic', String(to), String(from), String(text)), status: 'Message Accepted' } };
    },
  };
  const vonage: Provider = {
    hosts: ['rest.nexmo.com'],
    answer: (request) => {
      const isKnown = request.query.get('api_key') === SMS_KEYS.vonage.key && request.query.get('api_secret') === SMS_KEYS.vonage.secret;
      if (request.path === '/account/get-balance')
        return isKnown ? { status: 200, body: { value: 3.14, autoReload: false } } : { status: 401, body: {} };
      if (request.path !== '/sms/json' || request.method !== 'POST') return null;
      // The SMS API says of failures with status 200.
      if (!isKnown) return { status: 200, body: { 'message-count': '1', messages: [{ status: '4', 'error-text': 'Bad Credentials' }] } };
      const form = formOf(request);
      const to = form.get('to') ?? '';
      if (to.endsWith('0000'))
        return { status: 200, body: { 'message-count': '1', messages: [{ status: '3', 'error-text': 'Invalid to param' }] } };
      const id = take('vonage', to, form.get('from') ?? '', form.get('text') ?? '');
      return { status: 200, body: { 'message-count': '1', messages: [{ to, 'message-id': id, status: '0', 'remaining-balance': '3.1' }] } };
    },
  };
  const messagebird: Provider = {
    hosts: ['rest.messagebird.com'],
    answer: (request) => {
      if (request.headers['authorization'] !== `AccessKey ${SMS_KEYS.messagebird.key}`)
        return {
          status: 401,
          body: { errors: [{ code: 2, description: 'Request not allowed (incorrect access_key)', parameter: 'access_key' }] },
        };
      if (request.path === '/balance') return { status: 200, body: { payment: 'prepaid', type: 'credits', amount: 9 } };
      if (request.path !== '/messages' || request.method !== 'POST') return null;
      const { recipients, originator, body } = jsonOf(request);
      const [to] = recipients as string[];
      return { status: 201, body: { id: take('messagebird', to ?? '', String(originator), String(body)), recipients: { totalCount: 1 } } };
    },
  };
  return { delivered, limits, providers: [twilio, clickatell, smsMagic, vonage, messagebird] as readonly Provider[] };
};

export type { Arrived };
