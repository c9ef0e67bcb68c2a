type Policy = { createScriptURL(url: string): string };
type PolicyFactory = { createPolicy(name: string, rules: Policy): Policy };

const scope: object = globalThis;
const hasFactory = (candidate: object): candidate is { trustedTypes: PolicyFactory } => 'trustedTypes' in candidate;

/** Script addresses of our own origin only; the page's policy refuses plain strings (S39). */
const rules: Policy = {
  createScriptURL: (url) => {
    const absolute = new URL(url, location.href);
    if (absolute.origin !== location.origin) throw new TypeError('not our own script');
    return absolute.href;
  },
};

let policy: Policy | null = null;

/** A script address in the form that `new Worker` and service worker registration accept under Trusted Types. */
export const trustedScript = (url: string): string => {
  const used = policy ?? (hasFactory(scope) ? scope.trustedTypes.createPolicy('latchkey', rules) : rules);
  policy = used;
  return used.createScriptURL(url);
};
