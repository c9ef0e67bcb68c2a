/** A piece of HTML that was escaped already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeText = (text: string): string => text.replace(/[&<>"']/g, (unit) => ESCAPES[unit] ?? unit);

type Part = string | number | Html | readonly Html[];

const render = (part: Part): string => {
  if (part instanceof Html) return part.text;
  return typeof part === 'object' ? part.map(({ text }) => text).join('') : escapeText(String(part));
};

/** Everything put into it is escaped, unless it is Html itself. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.reduce((text, string, index) => text + string + (index < parts.length ? render(parts[index] ?? '') : ''), ''));

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-inline-size: 44rem; margin: 2rem auto; padding-inline: 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; }
button, input { font: inherit; min-block-size: 2.4rem; padding-inline: .8rem; }
form.row { display: flex; gap: .5rem; flex-wrap: wrap; margin-block: .5rem; align-items: end; }
.account { display: grid; inline-size: 100%; text-align: start; padding-block: .4rem; margin-block: .3rem; }
label { display: block; margin-block: .3rem; } input[type=checkbox] { min-block-size: auto; }
table { border-collapse: collapse; inline-size: 100%; } th, td { text-align: start; padding: .3rem .5rem; border-block-end: 1px solid #8886; }
.sandbox { border-inline-start: .3rem solid #b26a00; padding-inline-start: .6rem; color: light-dark(#834e00, #f2b84b); }
`;

/** A whole page of the sandbox. */
export const page = (title: string, body: Html): string =>
  `<!doctype html>${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${new Html(STYLE)}</style></head><body><p class="sandbox">Latchkey sandbox: nothing here is real, and all of it is gone when it stops.</p>${body}</body></html>`
      .text
  }`;

/** Headers of every page; form-action is left open because a sign-in form ends in a redirect to the client. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
