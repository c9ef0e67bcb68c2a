import { type Sandbox, startSandbox } from '../../src/sandbox/serve.ts';

export const TEST_REDIRECT = 'http://localhost/callback.html';

/** The real sandbox on a free port, for one test file. */
export const startTestSandbox = (
  options: { accessTokenSeconds?: number; redirectUris?: string[]; fetchDocument?: (address: string) => Promise<Response> } = {},
): Promise<Sandbox> =>
  startSandbox({
    port: 0,
    redirectUris: [TEST_REDIRECT, ...(options.redirectUris ?? [])],
    ...(options.fetchDocument === undefined ? {} : { fetchDocument: options.fetchDocument }),
    ...(options.accessTokenSeconds === undefined ? {} : { accessTokenSeconds: options.accessTokenSeconds }),
  });

type Form = { action: string; fields: [string, string][]; buttons: string[] };

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]?.replaceAll('&amp;', '&');

/** The forms of a page as a person could submit them. */
const formsOf = (page: string): Form[] =>
  [...page.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, tag = '', inner = '']) => ({
    action: attribute(tag, 'action') ?? '',
    fields: [...inner.matchAll(/<input\b[^>]*>/g)].map(([input]): [string, string] => [
      attribute(input, 'name') ?? '',
      attribute(input, 'value') ?? '',
    ]),
    buttons: [...inner.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)].map(
      ([, attributes = '', text = '']) => attribute(attributes, 'aria-label') ?? text.trim(),
    ),
  }));

const withButton = (page: string, button: string): Form => {
  const form = formsOf(page).find(({ buttons }) => buttons.includes(button));
  if (form === undefined) throw new Error(`no button "${button}" on the page`);
  return form;
};

/** Walks the sign-in and consent pages as a browser would, and gives the address that the answer redirects to. */
export const authorizeAt = async (
  authorizationUrl: string,
  choice: { email: string; deny?: boolean; untick?: readonly string[] },
): Promise<string> => {
  const origin = new URL(authorizationUrl).origin;
  const jar = new Map<string, string>();
  const go = async (address: string, form?: URLSearchParams): Promise<string> => {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = response.headers.get('location');
    if (location === null) return response.text();
    const next = new URL(location, address);
    if (next.origin !== origin) throw new Redirect(next.href);
    return go(next.href);
  };
  const submit = (form: Form, change: (fields: [string, string][]) => [string, string][]): Promise<string> =>
    go(new URL(form.action, origin).href, new URLSearchParams(change(form.fields)));
  try {
    const signIn = await go(authorizationUrl);
    const other = formsOf(signIn).find(({ fields }) => fields.some(([name, value]) => name === 'email' && value === ''));
    if (other === undefined) throw new Error('no e-mail field on the sign-in page');
    const consent = await submit(other, () => [['email', choice.email]]);
    if (choice.deny === true) await submit(withButton(consent, 'Deny'), (fields) => fields);
    else await submit(withButton(consent, 'Allow'), (fields) => fields.filter(([, value]) => !choice.untick?.includes(value)));
  } catch (answer) {
    if (answer instanceof Redirect) return answer.href;
    throw answer;
  }
  throw new Error('the pages did not lead back to the client');
};

class Redirect extends Error {
  readonly href: string;
  constructor(href: string) {
    super('redirect');
    this.href = href;
  }
}

/** Registers a client of one's own at the sandbox (RFC 7591). */
export const registerClientAt = async (
  origin: string,
  metadata: Readonly<Record<string, unknown>>,
): Promise<{ clientId: string; clientSecret: string }> => {
  const response = await fetch(`${origin}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_name: 'Our app', application_type: 'native', ...metadata }),
  });
  const answer: unknown = await response.json();
  if (answer === null || typeof answer !== 'object' || !('client_id' in answer) || !('client_secret' in answer))
    throw new Error(`not registered: ${JSON.stringify(answer)}`);
  return { clientId: String(answer.client_id), clientSecret: String(answer.client_secret) };
};

/** Registers an OAuth app of one's own at the sandbox, as somebody would in a service's console. */
export const registerAt = (origin: string, redirectUri: string): Promise<{ clientId: string; clientSecret: string }> =>
  registerClientAt(origin, {
    redirect_uris: [redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
  });
