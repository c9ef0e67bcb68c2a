import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { hostPatterns } from '../../src/domain/connector.ts';
import { feedHostPatterns } from '../../src/domain/feed.ts';

describe('the hosts that an extension asks for', () => {
  it('S42 are those of the service alone, never all', () => {
    for (const connector of allConnectors())
      for (const pattern of hostPatterns(connector)) {
        expect(pattern, connector.id).toMatch(/^https:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+\/\*$/i);
        expect(pattern.replace('https://*.', '').split('.').length, `${connector.id}: ${pattern}`).toBeGreaterThan(1);
      }
  });

  it.each([
    ['sandbox-books', []],
    ['twilio', ['https://api.twilio.com/*']],
    ['shopify', ['https://*.myshopify.com/*']],
    ['github', ['https://api.github.com/*', 'https://github.com/*']],
  ])('S42 %s', (id, expected) => {
    expect(hostPatterns(connectorById(id))).toEqual(expected);
  });

  it.each([
    ['https://updates.example/feed', ['https://updates.example/*']],
    [' https://updates.example:8443/feed/c/abc/head ', ['https://updates.example:8443/*']],
    ['http://localhost:4180/', []],
    ['updates.example', []],
  ])('S42 of a feed at %s', (address, expected) => {
    expect(feedHostPatterns(address)).toEqual(expected);
  });

  it('S42 name every region of a service that has several', () => {
    const patterns = hostPatterns(connectorById('zoho-books'));
    for (const end of ['com', 'eu', 'in', 'com.au', 'jp']) expect(patterns).toContain(`https://www.zohoapis.${end}/*`);
  });
});
