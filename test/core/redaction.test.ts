import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactorOf } from '../../src/core/redaction.ts';
import { Secret } from '../../src/domain/secret.ts';

const TOKEN = 'ab/cd+ef==gh"ij\\kl?mn~op';
const redact = redactorOf({ spellings: [new Secret(TOKEN)] });
const escapeAll = (text: string): string => [...text].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Whatever reads an answer may undo these. */
const SPELT: readonly (readonly [string, string])[] = [
  ['as it is', `token ${TOKEN}.`],
  ['a text of JSON', JSON.stringify({ echo: TOKEN })],
  ['solidus escaped', `{"echo":${JSON.stringify(TOKEN).replaceAll('/', '\\/')}}`],
  ['one escaped sign', `{"echo":${JSON.stringify(TOKEN).replace('a', '\\u0061')}}`],
  ['every sign escaped, in capitals', `{"echo":"${escapeAll(TOKEN).replace(/\\u(....)/g, (_, code) => `\\u${code.toUpperCase()}`)}"}`],
  ['the name of a member', `{"${escapeAll(TOKEN)}":1}`],
  ['a member that a later one hides', `{"a":"${escapeAll(TOKEN)}","a":"b"}`],
  ['JSON in a text of JSON', JSON.stringify({ body: `{"echo":"${escapeAll(TOKEN)}"}` })],
  ['a text in a text in a text', JSON.stringify(JSON.stringify(JSON.stringify({ echo: TOKEN })))],
  ['half an answer', `{"echo":"${escapeAll(TOKEN)}`],
  ['a script', `callback('${escapeAll(TOKEN)}')`],
  ['an address', `https://a.example/?t=${encodeURIComponent(TOKEN)}`],
  ['an address in small letters', `https://a.example/?t=${encodeURIComponent(TOKEN).toLowerCase()}`],
  ['base64', bytes(TOKEN).toString('base64')],
  ['base64 in JSON with escapes', JSON.stringify({ t: bytes(TOKEN).toString('base64') }).replaceAll('/', '\\/')],
  ['base64 behind one sign', bytes(`:${TOKEN}`).toString('base64')],
  ['base64 behind two signs', bytes(`x:${TOKEN}:y`).toString('base64')],
  ['base64url', bytes(`u:${TOKEN}`).toString('base64url')],
  ['hex', bytes(TOKEN).toString('hex')],
  ['hex in capitals', bytes(TOKEN).toString('hex').toUpperCase()],
];

/** What somebody who knows every encoding could read back from an answer. */
const readable = (text: string): string[] => {
  const all = [text];
  for (let depth = 0; depth < 4; depth += 1) {
    const last = all.at(-1) ?? '';
    all.push(
      last.replace(/\\u([0-9a-f]{4})|\\(.)/gi, (_, code, sign) =>
        code === undefined ? sign : String.fromCharCode(Number.parseInt(code, 16)),
      ),
    );
  }
  const words = all.flatMap((one) => one.split(/[^\w+/=%.~-]+/));
  return [
    ...all,
    ...words.map((word) => Buffer.from(word, 'base64').toString('latin1')),
    ...words.map((word) => Buffer.from(word, 'hex').toString('latin1')),
    ...words.map((word) => (/%(?![0-9a-f]{2})/i.test(word) ? word : unescape(word))),
  ];
};

describe('what a service sends back of a credential', () => {
  it.each(SPELT)('S2 is cut out of %s', (_, text) => {
    expect(readable(text).some((one) => one.toLowerCase().includes(TOKEN))).toBe(true);
    const clean = redact(text);
    expect(clean).toContain('•••');
    expect(readable(clean).filter((one) => one.toLowerCase().includes(TOKEN))).toEqual([]);
  });

  it('S2 JSON stays JSON', () => {
    for (const [name, text] of SPELT.filter(([, one]) => one.startsWith('{') && one.endsWith('}')))
      expect(() => JSON.parse(redact(text)), name).not.toThrow();
    expect(JSON.parse(redact(`{"n":12345678901234567890,"echo":${JSON.stringify(`Bearer ${TOKEN}`)}}`))).toMatchObject({
      echo: 'Bearer •••',
    });
    expect(redact(`{"n":12345678901234567890,"echo":"${escapeAll(TOKEN)}"}`)).toBe('{"n":12345678901234567890,"echo":"•••"}');
  });

  it('S2 the longer of two secrets is cut whole, and an empty one cuts nothing', () => {
    const both = redactorOf({ spellings: [new Secret('abc'), new Secret('abcdefgh'), new Secret('')] });
    expect(both('abcdefgh abc x')).toBe('••• ••• x');
  });

  it('S2 leaves everything else byte for byte as it was', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, text) => {
        expect(redact(json)).toBe(json);
        expect(redact(text)).toBe(text);
      }),
    );
  });

  it('S2 takes a time that grows with the answer alone', () => {
    const startedAt = performance.now();
    redact(`"${'\\\\'.repeat(100_000)}`);
    redact(`"${'\\"'.repeat(100_000)}"`);
    redact('"\\'.repeat(100_000));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
