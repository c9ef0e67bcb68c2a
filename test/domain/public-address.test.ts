import { describe, expect, it } from 'vitest';
import { addressProblem, registrableDomain } from '../../src/domain/public-address.ts';

const FORBIDDEN = [
  'http://api.acme.com/',
  'ftp://api.acme.com/',
  'javascript:alert(1)',
  'not an address',
  '/relative',
  'https://user:secret@api.acme.com/',
  'https://user@api.acme.com/',
  'https://api.acme.com/#part',
  'https://api.acme.com:22/',
  'https://api.acme.com:1/',
  'https://api.acme.com:1023/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://0177.0.0.1/',
  'https://１２７.０.０.１/',
  'https://10.0.0.8/',
  'https://8.8.8.8/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://localhost/',
  'https://localhost:8443/',
  'https://localhost./',
  'https://api.localhost/',
  'https://printer.local/',
  'https://vault.internal/',
  'https://router.home.arpa/',
  'https://intranet/',
  'https://api.acme.com./',
];

describe('addresses of a custom connector', () => {
  it.each(FORBIDDEN)('S25 refuses %s', (address) => {
    expect(addressProblem(address)).not.toBeNull();
  });

  it.each([
    'https://api.acme.com/',
    'https://api.acme.com:443/v1/',
    'https://api.acme.com:8443/',
    'https://xn--mnchen-3ya.de/',
    'https://localhost.acme.com/',
  ])('S25 takes %s', (address) => {
    expect(addressProblem(address)).toBeNull();
  });

  it.each([
    ['https://api.acme.com/', 'acme.com'],
    ['https://acme.com/', 'acme.com'],
    ['https://a.b.acme.co.uk/', 'acme.co.uk'],
    ['https://acme.co.uk/', 'acme.co.uk'],
    ['https://evil.com.au/', 'evil.com.au'],
    ['https://one.github.io/', 'one.github.io'],
    ['https://deep.one.github.io/', 'one.github.io'],
    ['https://shop.herokuapp.com/', 'shop.herokuapp.com'],
    ['https://notgithub.io/', 'notgithub.io'],
  ])('S18 knows whose domain %s is', (address, domain) => {
    expect(registrableDomain(address)).toBe(domain);
  });
});
