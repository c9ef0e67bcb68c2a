import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InteractionResults, Provider } from 'oidc-provider';
import { accountOf, isEmail, SEEDED } from './accounts.ts';
import { type Html, html, PAGE_HEADERS, page } from './html.ts';
import { API_SCOPES, IDENTITY_SCOPES } from './scopes.ts';
import { readForm } from './serve-body.ts';

const send = (response: ServerResponse, title: string, body: Html): void => {
  response.writeHead(200, PAGE_HEADERS);
  response.end(page(title, body));
};

const signIn = (uid: string): Html => html`
<h1>Sandbox sign-in</h1>
<p>Choose who you are at the sandbox’s services.</p>
${SEEDED.map(
  ({ email, name }) =>
    html`<form method="post" action="/interaction/${uid}/login"><input type="hidden" name="email" value="${email}"><button class="account" aria-label="Continue as ${name}"><strong>${name}</strong><span>${email}</span></button></form>`,
)}
<h2>Another account</h2>
<form method="post" action="/interaction/${uid}/login" class="row"><label>E-mail <input type="email" name="email" required></label><button>Continue</button></form>
<form method="post" action="/interaction/${uid}/abort" class="row"><button>Cancel</button></form>`;

const consent = (uid: string, email: string, client: string, scopes: readonly string[]): Html => html`
<h1>${client} asks for access</h1>
<p>Signed in as <strong>${accountOf(email).name}</strong> (${email}). It wants to:</p>
<form method="post" action="/interaction/${uid}/consent">
${scopes.map((scope) => html`<label><input type="checkbox" name="scope" value="${scope}" checked> ${API_SCOPES[scope] ?? scope}</label>`)}
<p class="row"><button>Allow</button></p>
</form>
<form method="post" action="/interaction/${uid}/abort" class="row"><button>Deny</button></form>`;

const asked = (params: Record<string, unknown>): string[] => (typeof params['scope'] === 'string' ? params['scope'].split(' ') : []);

type Details = Awaited<ReturnType<Provider['interactionDetails']>>;

/** A new grant each time: what was unticked is rejected, so that the token's scope says so. */
const grantOf = async (provider: Provider, details: Details, ticked: readonly string[]): Promise<string> => {
  const grant = new provider.Grant({ accountId: details.session?.accountId ?? '', clientId: String(details.params['client_id']) });
  for (const scope of asked(details.params)) {
    if (IDENTITY_SCOPES.includes(scope) || ticked.includes(scope)) grant.addOIDCScope(scope);
    else grant.rejectOIDCScope(scope);
  }
  return grant.save();
};

const DENIED: InteractionResults = { error: 'access_denied', error_description: 'The person refused' };

/** The pages between the authorization request and its answer: sign in, consent. */
export const handleInteraction = async (
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> => {
  const [, uid = '', step = ''] = /^\/interaction\/([\w-]+)(?:\/(\w+))?$/.exec(path) ?? [];
  const details = await provider.interactionDetails(request, response).catch(() => null);
  if (details === null || details.uid !== uid) {
    send(response, 'Too late', html`<h1>This page has ended</h1><p>Close the window and start again.</p>`);
    return;
  }
  const finish = (result: InteractionResults): Promise<void> =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  if (request.method !== 'POST') {
    if (details.prompt.name === 'login') return send(response, 'Sandbox sign-in', signIn(uid));
    const client = await provider.Client.find(String(details.params['client_id']));
    const scopes = asked(details.params).filter((scope) => !IDENTITY_SCOPES.includes(scope));
    return send(response, 'Consent', consent(uid, details.session?.accountId ?? '', client?.clientName ?? 'A client', scopes));
  }
  const form = await readForm(request);
  if (step === 'abort') return finish(DENIED);
  if (step === 'login') {
    const email = form.get('email') ?? '';
    return isEmail(email) ? finish({ login: { accountId: email } }) : send(response, 'Sandbox sign-in', signIn(uid));
  }
  return finish({ consent: { grantId: await grantOf(provider, details, form.getAll('scope')) } });
};
