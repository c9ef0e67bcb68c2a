import { describe, expect, it } from 'vitest';
import type { Connection } from '../../src/domain/connection.ts';
import {
  DEFINITION,
  DEFINITION_ACTIONS,
  DEFINITION_STATES,
  type DefinitionState,
  definitionRefusal,
  definitionState,
} from '../../src/domain/lifecycle.ts';
import { copyNameOf } from '../../src/domain/link-name.ts';

type Where = Pick<Connection, 'ownerId' | 'publishedIn' | 'type'>;

const SHAPES: Record<Exclude<DefinitionState, 'deleted'>, { connection: Where; references: string[] }[]> = {
  created: [{ connection: { ownerId: null, publishedIn: [], type: 'admin' }, references: [] }],
  enabled: [{ connection: { ownerId: 'app_1', publishedIn: [], type: 'admin' }, references: [] }],
  referenced: [{ connection: { ownerId: 'app_1', publishedIn: [], type: 'admin' }, references: ['Panel'] }],
  published: [
    { connection: { ownerId: 'app_1', publishedIn: ['1.0.0'], type: 'admin' }, references: ['Panel'] },
    { connection: { ownerId: 'app_1', publishedIn: ['1.0.0'], type: 'admin' }, references: [] },
  ],
};

describe('the definition’s state table', () => {
  for (const state of DEFINITION_STATES) {
    if (state === 'deleted') continue;
    for (const { connection, references } of SHAPES[state]) {
      it(`R46 knows ${state} with ${references.length} references for what it is`, () => {
        expect(definitionState(connection, references)).toBe(state);
      });
      for (const action of DEFINITION_ACTIONS) {
        const allowed = DEFINITION[state][action] !== undefined;
        it(`R60 ${action} while ${state} with ${references.length} references is ${allowed ? 'open' : 'refused'}`, () => {
          const refusal = definitionRefusal(connection, references, action);
          expect(refusal === null).toBe(allowed);
        });
      }
    }
  }

  it('R43 A9 locks access while it is referenced, and opens it when the reference goes before any publication', () => {
    const enabled: Where = { ownerId: 'app_1', publishedIn: [], type: 'admin' };
    expect(definitionRefusal(enabled, ['Panel'], 'disable')?.toData()).toEqual({ code: 'connection.referenced', detail: 'Panel' });
    expect(definitionRefusal(enabled, [], 'disable')).toBeNull();
  });

  it('R44 R62 A7 locks access and deletion for ever once it was published, and names the version', () => {
    const published: Where = { ownerId: 'app_1', publishedIn: ['1.3.0', '1.4.0'], type: 'admin' };
    for (const action of ['disable', 'delete'] as const)
      expect(definitionRefusal(published, [], action)?.toData()).toEqual({ code: 'connection.published', detail: '1.3.0' });
  });

  it('R57 retires published connections only', () => {
    expect(definitionRefusal({ ownerId: 'app_1', publishedIn: [], type: 'admin' }, [], 'retire')?.code).toBe('connection.not-published');
    expect(definitionRefusal({ ownerId: 'app_1', publishedIn: ['1.0.0'], type: 'admin' }, [], 'retire')).toBeNull();
  });

  it('R33 A21 names copies _copy, _copy_2, _copy_3', () => {
    const taken = new Set(['books']);
    for (const expected of ['books_copy', 'books_copy_2', 'books_copy_3']) {
      const name = copyNameOf('books', (one) => taken.has(one));
      expect(name).toBe(expected);
      taken.add(name);
    }
    expect(copyNameOf('b'.repeat(50), () => false)).toHaveLength(50);
  });
});
