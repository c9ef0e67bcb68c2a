import { describe, expect, it } from 'vitest';
import { allConnectors, connectorById } from '../../src/connectors/catalogue.ts';
import { isOauth } from '../../src/domain/connector.ts';
import { identityWords, sensitivityOf } from '../../src/domain/scope-words.ts';

const sensitivity = (id: string, sentence: string): string | null => {
  const scope = connectorById(id).scopes.find((one) => one.sentence === sentence);
  if (scope === undefined) throw new TypeError(`${id}: ${sentence}`);
  return sensitivityOf(scope);
};

describe('scopes in words', () => {
  it.each([
    ['coinbase', 'Send money', 'about money'],
    ['square', 'Take payments', 'about money'],
    ['zoho-books', 'See bank accounts and their transactions', 'about money'],
    ['box', 'See and change all files', 'reaches everything'],
    ['google-drive', 'See and read all files', 'reaches everything'],
    ['zoho-crm', 'See, add, change and delete records of every module', 'reaches everything'],
    ['outlook-mail', 'Read, change and delete e-mail', 'what people write to each other'],
    ['gmail', 'Send e-mail as you', 'what people write to each other'],
    ['fitbit', 'See heart rate', 'about health'],
    ['stackexchange', 'Write posts and comments as you', 'in your name'],
    ['dropbox', 'Upload, change and delete files', 'deletes'],
    ['github', 'See and change code, issues and settings, private repositories too', 'administers'],
    ['asana', 'See your e-mail address', null],
    ['discord', 'See your profile', null],
    ['slack', 'Read messages of public channels', null],
    ['sandbox-books', 'Create invoices', null],
    ['google-drive', 'See and change only the files that this app made or was given', null],
  ])('%s: “%s” is sensitive for %s', (id, sentence, why) => expect(sensitivity(id, sentence)).toBe(why));

  it('says what is asked for beside the chosen scopes, each thing once', () => {
    expect(identityWords(connectorById('microsoft-graph'))).toEqual([
      { sentence: 'See who you are', names: ['openid', 'profile'] },
      { sentence: 'Stay connected while you are away', names: ['offline_access'] },
    ]);
    expect(identityWords(connectorById('salesforce')).flatMap(({ names }) => names)).toContain('refresh_token');
    expect(identityWords(connectorById('twilio'))).toEqual([]);
  });

  it('has words for every one that a record asks for', () => {
    for (const connector of allConnectors()) {
      const words = identityWords(connector);
      expect(words.map(({ sentence }) => sentence).join(), connector.id).not.toContain('What the service calls');
      expect(words.flatMap(({ names }) => names).sort(), connector.id).toEqual(
        isOauth(connector.auth) ? [...connector.auth.identityScopes].sort() : [],
      );
    }
  });
});
