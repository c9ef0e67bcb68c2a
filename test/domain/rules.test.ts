import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkValues, type Form, isNewerVersion, suggestVersion } from '../../src/domain/application.ts';
import { AUTHORIZATION, AUTHORIZATION_STATES, type AuthorizationAction, holderFor } from '../../src/domain/authorization.ts';
import { includedConnections } from '../../src/domain/bundle.ts';
import { type Connection, displayNameFor, FRESH_CONNECTION, normalizeScopes } from '../../src/domain/connection.ts';
import { LOGGED_IN_USER_CONNECTORS, typesFor } from '../../src/domain/connection-type.ts';
import { environmentScope } from '../../src/domain/environment.ts';
import { faultRemedy, faultText } from '../../src/domain/faults.ts';
import { compareConnections, type Installation, installRefusal } from '../../src/domain/installation.ts';
import { readPath } from '../../src/domain/json.ts';
import { isLinkName, linkNameFrom } from '../../src/domain/link-name.ts';
import { isPlainName, isPlainText, isSameName } from '../../src/domain/text.ts';
import { next } from '../../src/domain/transition.ts';

const connection = (part: Partial<Connection>): Connection => ({
  id: 'con_1',
  workspaceId: 'wsp_1',
  ownerId: 'app_1',
  linkName: 'books',
  displayName: 'Books',
  connectorId: 'sandbox-books',
  type: 'admin',
  scopes: [],
  environmentPolicy: 'separate',
  ...FRESH_CONNECTION,
  createdAt: 0,
  updatedAt: 0,
  revision: 1,
  ...part,
});

describe('types and names', () => {
  it('R22 lets exactly twelve services be logged-in user connections', () => {
    expect(LOGGED_IN_USER_CONNECTORS.size).toBe(12);
    for (const id of LOGGED_IN_USER_CONNECTORS) expect(typesFor({ id, standsFor: null })).toContain('logged-in-user');
    expect(typesFor({ id: 'zoho-books', standsFor: null })).toEqual(['admin']);
  });

  it('R27 gives a sandbox connector the types of the service it stands for', () => {
    expect(typesFor({ id: 'sandbox-sheet', standsFor: 'zoho-sheets' })).toContain('logged-in-user');
    expect(typesFor({ id: 'sandbox-sms', standsFor: 'twilio' })).toContain('logged-in-user');
    expect(typesFor({ id: 'sandbox-books', standsFor: 'zoho-books' })).toEqual(['admin']);
  });

  it('R30 numbers the display name when the connector has a connection already', () => {
    expect(displayNameFor('Books', new Set())).toBe('Books');
    expect(displayNameFor('Books', new Set(['books', 'books 2']))).toBe('Books 3');
  });

  it('R31 R35 makes a valid link name of any display name, apart from those taken', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.array(fc.string({ maxLength: 20 })), (name, taken) => {
        const used = new Set([linkNameFrom(name, () => false), ...taken]);
        const made = linkNameFrom(name, (candidate) => used.has(candidate));
        expect(isLinkName(made)).toBe(true);
        expect(used.has(made)).toBe(false);
      }),
    );
    expect(linkNameFrom('Zoho Books (EU)', () => false)).toBe('zoho_books_eu');
  });

  it.each(['', '1st', 'Books', 'a-b', 'a b', 'a'.repeat(51), 'constructor', 'prototype', 'if'])(
    'R35 refuses the link name "%s"',
    (name) => {
      expect(isLinkName(name)).toBe(false);
    },
  );

  it.each(['a\u202Eb', 'a\u200Bb', ' a', 'a\nb', '', 'a\u{E0041}b', 'e\u0301', 'x'.repeat(65)])(
    'S17 refuses a name that does not show what it is: %j',
    (name) => {
      expect(isPlainName(name)).toBe(false);
    },
  );

  it('S17 refuses what is drawn as nothing, wherever Unicode has it, in names and in texts', () => {
    const single = [0xad, 0x34f, 0x61c, 0x70f, 0x115f, 0x1160, 0x17b4, 0x180b, 0x180e, 0x2028, 0x2065, 0x2800, 0x3164, 0xfeff, 0xffa0];
    const ranges: readonly (readonly [number, number])[] = [
      [0x200b, 0x200f],
      [0x202a, 0x202e],
      [0x2060, 0x206f],
      [0xfe00, 0xfe0f],
      [0xfff0, 0xfffb],
      [0xe0000, 0xe01ef],
    ];
    const all = [...single, ...ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => from + index))];
    for (const code of all) {
      const unit = String.fromCodePoint(code);
      const name = `Es${unit}tate`;
      expect([code.toString(16), isPlainName(name), isPlainText(name, 500), isPlainName(`1${unit}`)]).toEqual([
        code.toString(16),
        false,
        false,
        false,
      ]);
    }
  });

  it.each(['❤\uFE0F Shop', '1\uFE0F\u20E3 first', '日本 語', 'O’Brien & Söhne', 'Ελλάδα', '한국어'])('S17 shows the name %s', (name) => {
    expect(isPlainName(name)).toBe(true);
  });

  it.each(['❤\uFE0F\uFE0F', '👩\u200D💻', '❤a\uFE0F', '1\uFE0F'])('S17 refuses the emoji %j', (name) => {
    expect(isPlainName(name)).toBe(false);
  });

  it.each([
    ['Straße', 'STRASSE', true],
    ['Ｅstate', 'estate', true],
    ['ﬁnance', 'Finance', true],
    ['Οδός', 'ΟΔΌΣ', true],
    ['Café', 'CAFÉ', true],
    ['Cafe', 'Café', false],
    ['Estate', 'Estate 2', false],
  ])('S17 compares the names %s and %s', (one, other, isOne) => {
    expect(isSameName(one, other)).toBe(isOne);
  });

  it('keeps scopes in one order without doubles', () => {
    expect(normalizeScopes(['b', 'a', 'b'])).toEqual(['a', 'b']);
  });
});

describe('authorizations', () => {
  const ACTIONS: readonly AuthorizationAction[] = ['grant', 'grant-less', 'refuse', 'renew', 'revoke'];

  it('moves only along the state table, and refuses every other step', () => {
    for (const state of AUTHORIZATION_STATES) {
      for (const action of ACTIONS) {
        const to = AUTHORIZATION[state][action];
        if (to === undefined) expect(() => next(AUTHORIZATION, state, action)).toThrow('state.forbidden');
        else expect(next(AUTHORIZATION, state, action)).toBe(to);
      }
    }
    expect(() => next(AUTHORIZATION, 'not-connected', 'renew')).toThrow('state.forbidden');
  });

  it('R111 R112 holds one authorization for everyone, or one for each member', () => {
    expect(holderFor('admin', 'mem_1')).toBe('shared');
    expect(holderFor('system', 'mem_1')).toBe('shared');
    expect(holderFor('logged-in-user', 'mem_1')).toBe('mem_1');
  });

  it('R71 keeps one authorization for all environments, or one in each', () => {
    expect(environmentScope('same', 'stage')).toBe('all');
    expect(environmentScope('separate', 'stage')).toBe('stage');
  });
});

describe('versions and what travels', () => {
  it('compares versions as numbers', () => {
    expect(isNewerVersion('1.10.0', '1.9.9')).toBe(true);
    expect(isNewerVersion('1.0.0', '1.0.0')).toBe(false);
    expect(suggestVersion(null)).toBe('1.0.0');
    expect(suggestVersion('1.4.2')).toBe('1.5.0');
  });

  it('R86 R88 includes what is referenced or was published, and never a system connection', () => {
    const used = connection({ id: 'con_a', linkName: 'used' });
    const unused = connection({ id: 'con_b', linkName: 'unused' });
    const published = connection({ id: 'con_c', linkName: 'published', publishedIn: ['1.0.0'] });
    const system = connection({ id: 'con_d', linkName: 'system', type: 'system', publishedIn: ['1.0.0'] });
    const component = {
      id: 'cmp_1',
      workspaceId: 'wsp_1',
      ownerId: 'app_1',
      linkName: 'c',
      name: 'C',
      kind: 'page-panel',
      config: {},
      environment: 'development',
      services: [],
      dynamicReferences: [],
      references: ['used', 'system'],
      createdAt: 0,
      updatedAt: 0,
      revision: 1,
    } as const;
    expect(includedConnections([used, unused, published, system], [component]).map(({ linkName }) => linkName)).toEqual([
      'published',
      'used',
    ]);
  });

  it('R116 R117 says what an update does to each connection', () => {
    const before = [connection({ linkName: 'a', scopes: ['x'] }), connection({ linkName: 'gone' })];
    const after = [connection({ linkName: 'a', scopes: ['x', 'y'] }), connection({ linkName: 'new' })];
    expect(compareConnections(before, after)).toMatchObject([
      { change: 'kept', newScopes: ['y'] },
      { change: 'added', definition: { linkName: 'new' } },
      { change: 'removed', linkName: 'gone' },
    ]);
  });

  const installed: Installation = {
    id: 'ins_1',
    workspaceId: 'wsp_1',
    applicationId: 'app_1',
    authorKeyId: 'key',
    authorName: 'A',
    version: '1.1.0',
    definition: { name: 'Estate', linkName: 'estate', forms: [], pages: [] },
    bundleHash: 'hash',
    staged: null,
    previous: null,
    revocations: [],
    installedAt: 0,
    installedBy: 'mem_1',
    revision: 1,
  };
  const incoming = { applicationId: 'app_1', authorKeyId: 'key', name: 'Estate', version: '1.2.0', hash: 'other' } as const;

  const STRANGER = { authorKeyId: 'other', applicationId: 'app_9' } as const;

  it.each([
    ['a newer version', incoming, null],
    ['the same bundle', { ...incoming, version: '1.1.0', hash: 'hash' }, 'install.already'],
    ['another content under the same version (S47)', { ...incoming, version: '1.1.0' }, 'install.version-differs'],
    ['an older version (S47)', { ...incoming, version: '1.0.0' }, 'install.older'],
    ['the same name by another author (S46)', { ...incoming, ...STRANGER }, 'install.other-author'],
    ['that name with a soft hyphen (S17)', { ...incoming, ...STRANGER, name: 'Es\u00ADtate' }, 'install.other-author'],
    ['that name in full width (S17)', { ...incoming, ...STRANGER, name: 'ＥＳＴＡＴＥ' }, 'install.other-author'],
    ['the same id by another author (S16)', { ...incoming, authorKeyId: 'other', name: 'Else' }, 'install.other-author'],
    ['another application', { ...incoming, applicationId: 'app_2', name: 'Else' }, null],
  ] as const)('meets %s', (_, what, code) => {
    expect(installRefusal(what, [installed])?.code ?? null).toBe(code);
  });
});

describe('values and texts', () => {
  const form: Form = {
    linkName: 'f',
    name: 'F',
    isPublic: false,
    fields: [
      { name: 'n', label: 'Number', type: 'number', required: true, choices: [] },
      { name: 'd', label: 'Day', type: 'date', required: false, choices: [] },
      { name: 'c', label: 'Choice', type: 'choice', required: false, choices: ['a'] },
    ],
  };

  it.each([
    [{ n: '1' }, []],
    [{}, ['n']],
    [{ n: 'x' }, ['n']],
    [{ n: '1', d: '2026-02-30' }, ['d']],
    [{ n: '1', c: 'b' }, ['c']],
  ])('checks the values %j', (values: Record<string, string>, wrong) => {
    expect(checkValues(form, values).map(({ field }) => field)).toEqual(wrong);
  });

  it('puts the thing into a fault’s text and remedy', () => {
    expect(faultText({ code: 'connection.link-name-taken', detail: 'books' })).toContain('books');
    expect(faultRemedy({ code: 'oauth.issuer-mismatch', detail: 'x.example' })).toContain('x.example');
  });

  it('reads a dotted path, and nothing of the prototype', () => {
    expect(readPath({ a: [{ b: 1 }] }, 'a.0.b')).toBe(1);
    expect(readPath({}, 'constructor.name')).toBeUndefined();
    expect(readPath({ a: null }, 'a.b')).toBeUndefined();
  });
});
