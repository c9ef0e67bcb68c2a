/** What can be broken on purpose, so that a person can see how Latchkey says it. */
export const FAULT_TABLE = {
  everythingDown: { name: 'Everything is down', description: 'Every connection but this page is cut.' },
  discoveryDown: { name: 'Metadata is down', description: 'The address that lists the endpoints answers 503.' },
  tokenDown: { name: 'Token endpoint is down', description: 'The token endpoint answers 503.' },
  tokenHtml: { name: 'Token endpoint answers a web page', description: 'Status 200, but HTML, as a captive portal does.' },
  apiDown: { name: 'Services are down', description: 'Books, Sheet and SMS answer 503.' },
  wrongState: { name: 'Wrong state', description: 'The answer comes back with another state.' },
  wrongIss: { name: 'Wrong issuer', description: 'The answer names another authorization server.' },
  slow: { name: 'Slow', description: 'Every answer takes three seconds.' },
} as const;

export type FaultName = keyof typeof FAULT_TABLE;
export type FaultSwitches = Record<FaultName, boolean>;

export const FAULT_NAMES = Object.keys(FAULT_TABLE).filter((name): name is FaultName => name in FAULT_TABLE);

export const allWell = (): FaultSwitches => ({
  everythingDown: false,
  discoveryDown: false,
  tokenDown: false,
  tokenHtml: false,
  apiDown: false,
  wrongState: false,
  wrongIss: false,
  slow: false,
});
