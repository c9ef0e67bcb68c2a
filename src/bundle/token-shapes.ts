/**
 * How services write their tokens, keys and secrets, as each documents it (many of them so that scanners find one): who, and the pattern
 * of what begins at a character that is neither a letter nor a digit. Each is anchored and bounded, so that a search stays linear.
 */
const SHAPES: readonly (readonly [service: string, pattern: string])[] = [
  ['Adafruit', 'aio_[A-Za-z0-9]{28}'],
  ['age', 'AGE-SECRET-KEY-1'],
  ['Airtable', 'pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}'],
  ['Atlassian', 'ATATT3[\\w=-]{20}'],
  ['AWS', 'A(KIA|SIA)[0-9A-Z]{12}'],
  ['Brevo', 'x(keysib|smtpsib)-[0-9a-f]{32}'],
  ['Databricks', 'dapi[0-9a-f]{32}'],
  ['DigitalOcean', 'do[opr]_v1_[0-9a-f]{32}'],
  ['Doppler', 'dp\\.(ct|pt|st|scim)\\.[\\w.-]{20}'],
  ['Dropbox', 'sl\\.(u\\.)?[\\w-]{60}'],
  ['Facebook', 'EAA[A-Z][A-Za-z0-9]{40}'],
  ['Figma', 'fig[dor]_[\\w-]{20}'],
  ['GitHub', 'gh[pousr]_|github_pat_'],
  ['GitLab', 'gl(pat|dt|oas|rt|cbt|ptt|soat|ft)-[\\w-]{16}'],
  ['Google', 'AIza[\\w-]{30}|GOCSPX-[\\w-]{12}|ya29\\.|1//[\\w-]{20}'],
  ['Grafana', 'gl(sa|c)_[\\w=]{20}'],
  ['HubSpot', 'pat-(na|eu|ap)\\d-[0-9a-f]{8}-'],
  ['Hugging Face', 'hf_[A-Za-z]{30}'],
  ['Linear', 'lin_(api|oauth)_[A-Za-z0-9]{20}'],
  ['Mailchimp', '[0-9a-f]{32}-us\\d'],
  ['Mailgun', 'key-[0-9a-f]{32}'],
  ['New Relic', 'NRAK-[A-Z0-9]{20}'],
  ['Notion', 'ntn_[A-Za-z0-9]{30}|secret_[A-Za-z0-9]{40}'],
  ['npm', 'npm_[A-Za-z0-9]{30}'],
  ['OpenAI, Anthropic', 'sk-[\\w-]{16}'],
  ['Postman', 'PMAK-[0-9a-f]{20}'],
  ['Resend', 're_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{20}'],
  ['SendGrid', 'SG\\.[\\w-]{16,40}\\.[\\w-]{16}'],
  ['Shopify', 'shp(at|ca|pa|ss|ua)_[0-9a-f]{24}'],
  ['Slack', 'xox[abceoprs]-|xapp-\\d-|hooks\\.slack\\.com/services/T[A-Z0-9]{6,16}/B'],
  ['Square', 'sq0(atp|csp|idp)-[\\w-]{20}|EAAA[\\w-]{40}'],
  ['Stripe', '(sk|rk)_(live|test)_|whsec_[A-Za-z0-9+/]{20}'],
  ['Telegram', '\\d{8,10}:AA[\\w-]{30}'],
  ['Vault', 'hv[sbr]\\.[\\w-]{20}'],
  ['Zoho', '1000\\.[0-9a-f]{32}\\.[0-9a-f]{32}'],
];

const SHAPE = new RegExp(`(^|[^A-Za-z0-9])(${SHAPES.map(([, pattern]) => pattern).join('|')})`);

/** Does something in this text begin as a service's tokens, keys or secrets do. */
export const hasTokenShape = (text: string): boolean => SHAPE.test(text);
