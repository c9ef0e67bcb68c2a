/**
 * Suffixes of two parts below which anybody can register a name, so that three parts say who is meant. It is no copy of the Public Suffix
 * List: those of the countries and hosts that services commonly use; for any other two parts are emphasised.
 */
const TWO_PART_SUFFIXES: ReadonlySet<string> = new Set(
  (
    'co.uk org.uk ac.uk gov.uk com.au net.au org.au co.nz co.jp ne.jp or.jp co.in com.br com.mx com.ar com.co com.tr com.cn com.hk com.sg ' +
    'com.tw com.my co.kr co.za co.il com.sa com.ua com.pl github.io gitlab.io pages.dev workers.dev vercel.app netlify.app web.app ' +
    'firebaseapp.com herokuapp.com azurewebsites.net cloudfront.net amazonaws.com chromiumapp.org'
  ).split(' '),
);

/** A host in two pieces: what its owner may call as they like, and the part that says whose it is. */
export const splitHost = (host: string): { readonly before: string; readonly domain: string } => {
  const [name = '', port] = host.split(':');
  const labels = name.split('.');
  const isAddress = /^\d+$/.test(labels.at(-1) ?? '') || labels.length === 1;
  const parts = isAddress ? labels.length : TWO_PART_SUFFIXES.has(labels.slice(-2).join('.')) ? 3 : 2;
  const domain = labels.slice(-parts).join('.');
  return { before: name.slice(0, name.length - domain.length), domain: port === undefined ? domain : `${domain}:${port}` };
};
