import { createHash, randomBytes } from 'node:crypto';
import { type Arrived, formOf, jsonOf, type Provider, type Said } from './provider.ts';

/** The OAuth app that a person would have registered in Zoho's API console. */
export const ZOHO_APP = { clientId: '1000.LATCHKEYTESTCLIENT0000000001', clientSecret: 'zoho-client-secret-6d1f' } as const;

export type ZohoInvoice = {
  readonly account: string;
  readonly customer_id: string;
  readonly reference_number: string;
  readonly rate: number;
};
export type ZohoLead = { readonly account: string; readonly [field: string]: unknown };

type Code = { readonly account: string; readonly challenge: string | null; readonly redirectUri: string; readonly scope: string };
type Grant = { readonly account: string; readonly scope: string; access: string; readonly refresh: string };

const token = (): string => `1000.${randomBytes(16).toString('hex')}.${randomBytes(16).toString('hex')}`;
const s256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

const page = (title: string, inner: string): Said => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1>${inner}</html>`,
});

/**
 * Zoho as its documents describe it: accounts (OAuth with regional answers, errors with status 200, refresh tokens that stay), Books v3, CRM,
 * Sheet v2 and Projects behind the header `Zoho-oauthtoken`, scopes checked. People are named by the page that asks for consent.
 */
export const createZoho = (people: readonly string[]) => {
  const codes = new Map<string, Code>();
  const grants: Grant[] = [];
  const invoices: ZohoInvoice[] = [];
  const leads: ZohoLead[] = [];
  const rows: { readonly account: string; readonly [column: string]: unknown }[] = [];
  const issued: string[] = [];

  const answer = (body: Record<string, unknown>): Said => ({
    status: 200,
    headers: { 'content-type': 'application/json;charset=UTF-8' },
    body,
  });

  const exchange = (form: URLSearchParams): Said => {
    if (form.get('client_id') !== ZOHO_APP.clientId || form.get('client_secret') !== ZOHO_APP.clientSecret)
      return answer({ error: 'invalid_client' });
    if (form.get('grant_type') === 'refresh_token') {
      const grant = grants.find(({ refresh }) => refresh === form.get('refresh_token'));
      if (grant === undefined) return answer({ error: 'invalid_code' });
      grant.access = token();
      issued.push(grant.access);
      return answer({
        access_token: grant.access,
        scope: grant.scope,
        api_domain: 'https://www.zohoapis.com',
        token_type: 'Bearer',
        expires_in: 3600,
      });
    }
    const code = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    if (code === undefined || code.redirectUri !== form.get('redirect_uri')) return answer({ error: 'invalid_code' });
    if (code.challenge !== null && s256(form.get('code_verifier') ?? '') !== code.challenge) return answer({ error: 'invalid_code' });
    const grant: Grant = { account: code.account, scope: code.scope, access: token(), refresh: token() };
    grants.push(grant);
    issued.push(grant.access, grant.refresh);
    return answer({
      access_token: grant.access,
      refresh_token: grant.refresh,
      scope: code.scope.replaceAll(',', ' '),
      api_domain: 'https://www.zohoapis.com',
      token_type: 'Bearer',
      expires_in: 3600,
    });
  };

  const consent = ({ query }: Arrived): Said => {
    const redirect = query.get('redirect_uri') ?? '';
    if (query.get('client_id') !== ZOHO_APP.clientId) return page('Invalid client', '<p>Client id passed does not exist</p>');
    const links = people.map((account) => {
      const code = token();
      codes.set(code, { account, challenge: query.get('code_challenge'), redirectUri: redirect, scope: query.get('scope') ?? '' });
      const back = new URL(redirect);
      back.searchParams.set('state', query.get('state') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('location', 'us');
      back.searchParams.set('accounts-server', 'https://accounts.zoho.com');
      return `<p><a href="${back.href.replaceAll('&', '&amp;')}">Accept as ${account}</a></p>`;
    });
    return page('Zoho asks for access', links.join(''));
  };

  const accounts: Provider = {
    hosts: ['accounts.zoho.com'],
    answer: (request) => {
      if (request.path === '/oauth/v2/auth') return consent(request);
      if (request.path === '/oauth/v2/token' && request.method === 'POST') {
        const form = formOf(request);
        return exchange(form.has('grant_type') ? form : request.query);
      }
      if (request.path === '/oauth/v2/token/revoke') {
        const value = request.query.get('token') ?? formOf(request).get('token');
        const at = grants.findIndex(({ access, refresh }) => access === value || refresh === value);
        if (at >= 0) grants.splice(at, 1);
        return answer(at >= 0 ? { status: 'success' } : { status: 'invalid_token' });
      }
      return null;
    },
  };

  type Api = (request: Arrived, grant: Grant) => Said | null;
  const behindToken =
    (scopeOf: (request: Arrived) => string, api: Api) =>
    (request: Arrived): Said | null => {
      const value = /^Zoho-oauthtoken (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1];
      const grant = grants.find(({ access }) => access === value);
      if (grant === undefined) return { status: 401, body: { code: 57, message: 'You are not authorized to perform this operation' } };
      const needed = scopeOf(request).toLowerCase();
      const given = grant.scope.toLowerCase().split(/[ ,]/);
      if (
        !given.some(
          (one) =>
            one === needed ||
            one === `${needed.split('.')[0]}.fullaccess.all` ||
            (one.endsWith('.all') && needed.startsWith(one.slice(0, -3))),
        )
      )
        return {
          status: 401,
          body: { code: 'OAUTH_SCOPE_MISMATCH', details: {}, message: 'invalid oauth scope to access this URL', status: 'error' },
        };
      return api(request, grant);
    };

  const books = behindToken(
    ({ path, method }) =>
      path.endsWith('/organizations') ? 'ZohoBooks.settings.READ' : `ZohoBooks.invoices.${method === 'POST' ? 'CREATE' : 'READ'}`,
    (request, { account }) => {
      if (request.path === '/books/v3/organizations')
        return {
          status: 200,
          body: { code: 0, message: 'success', organizations: [{ organization_id: '10234695', name: `${account} Ltd` }] },
        };
      if (request.query.get('organization_id') !== '10234695')
        return { status: 400, body: { code: 6041, message: 'This user is not associated with the CompanyID/CompanyName' } };
      if (request.path !== '/books/v3/invoices') return null;
      if (request.method === 'GET')
        return { status: 200, body: { code: 0, message: 'success', invoices: invoices.filter((one) => one.account === account) } };
      const body = jsonOf(request);
      const [item] = (body['line_items'] ?? []) as { rate?: number }[];
      if (typeof body['customer_id'] !== 'string' || item?.rate === undefined)
        return { status: 400, body: { code: 4, message: 'Invalid value passed for customer_id' } };
      invoices.push({
        account,
        customer_id: body['customer_id'],
        reference_number: String(body['reference_number'] ?? ''),
        rate: item.rate,
      });
      const number = `INV-${String(invoices.length).padStart(6, '0')}`;
      return {
        status: 201,
        body: {
          code: 0,
          message: 'The invoice has been created.',
          invoice: { invoice_id: `9000000${invoices.length}`, invoice_number: number },
        },
      };
    },
  );

  const crm = behindToken(
    ({ method, path }) => `ZohoCRM.modules.${path.split('/')[3] ?? ''}.${method === 'POST' ? 'CREATE' : 'READ'}`,
    (request, { account }) => {
      const module = request.path.split('/')[3] ?? '';
      if (request.method === 'GET')
        return { status: 200, body: { data: leads.filter((one) => one.account === account), info: { count: leads.length } } };
      const [lead] = (jsonOf(request)['data'] ?? []) as Record<string, unknown>[];
      if (lead?.['Last_Name'] === undefined)
        return {
          status: 202,
          body: {
            data: [
              { code: 'MANDATORY_NOT_FOUND', details: { api_name: 'Last_Name' }, message: 'required field not found', status: 'error' },
            ],
          },
        };
      leads.push({ ...lead, account, module });
      return {
        status: 201,
        body: { data: [{ code: 'SUCCESS', details: { id: `55400000000${leads.length}` }, message: 'record added', status: 'success' }] },
      };
    },
  );

  const apis: Provider = {
    hosts: ['www.zohoapis.com'],
    answer: (request) => (request.path.startsWith('/books/') ? books(request) : request.path.startsWith('/crm/') ? crm(request) : null),
  };

  const sheet: Provider = {
    hosts: ['sheet.zoho.com'],
    answer: behindToken(
      (request) => `ZohoSheet.dataAPI.${methodOf(request).endsWith('.add') ? 'UPDATE' : 'READ'}`,
      (request, { account }) => {
        const method = methodOf(request);
        const own = rows.filter((one) => one.account === account);
        if (method === 'workbook.list')
          return { status: 200, body: { method, status: 'success', workbooks: [{ resource_id: 'wb1', workbook_name: 'Estate' }] } };
        if (method === 'worksheet.records.fetch')
          return { status: 200, body: { method, status: 'success', records: own, records_count: own.length } };
        if (method !== 'worksheet.records.add') return null;
        const added: unknown = JSON.parse(formOf(request).get('json_data') ?? '[]');
        for (const row of Array.isArray(added) ? added : []) rows.push({ ...(row as object), account });
        return { status: 200, body: { method, status: 'success', row_range: { start_row: own.length + 2 } } };
      },
    ),
  };

  return {
    providers: [accounts, apis, sheet] as readonly Provider[],
    invoices,
    leads,
    rows,
    grants,
    issued: () => [...issued, ZOHO_APP.clientSecret],
  };
};

const methodOf = (request: Arrived): string => formOf(request).get('method') ?? request.query.get('method') ?? '';
