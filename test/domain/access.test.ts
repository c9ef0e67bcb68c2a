import { describe, expect, it } from 'vitest';
import { ACCESS, ACCESS_COLUMNS, type Action, may } from '../../src/domain/access.ts';
import type { Actor } from '../../src/domain/workspace.ts';

const actor = ({ side, role }: (typeof ACCESS_COLUMNS)[number]): Actor => ({
  workspace: { id: 'wsp_1', side, name: 'W', createdAt: 0, revision: 1 },
  member: { id: 'mem_1', workspaceId: 'wsp_1', name: 'M', role, hasDistributeAccess: false, leftAt: null, createdAt: 0, revision: 1 },
});

describe('the access table', () => {
  for (const row of ACCESS) {
    ACCESS_COLUMNS.forEach((column, index) => {
      const types = 'types' in row ? row.types : [undefined];
      for (const type of types) {
        const cell = row.cells[index];
        it(`${row.rule} ${column.side} ${column.role}: ${row.action} ${type ?? ''} is ${cell}`, () => {
          const about = type === undefined ? {} : { type };
          const decide = (holder?: 'mem_1' | 'mem_2') =>
            may(actor(column), row.action, holder === undefined ? about : { ...about, holder });
          if (cell === 'yes' || cell === 'applications') expect(decide('mem_2')).toEqual({ allowed: true, reach: cell });
          if (cell === 'users') {
            expect(may(actor(column), row.action, { role: 'user' })).toEqual({ allowed: true, reach: cell });
            expect(may(actor(column), row.action, { role: 'developer' })).toMatchObject({ allowed: false, rule: row.rule });
          }
          if (cell === 'distribute') {
            expect(decide()).toMatchObject({ allowed: false, rule: row.rule });
            const { workspace, member } = actor(column);
            const trusted = { workspace, member: { ...member, hasDistributeAccess: true } };
            expect(may(trusted, row.action)).toEqual({ allowed: true, reach: cell });
          }
          if (cell === 'own') {
            expect(decide('mem_1')).toEqual({ allowed: true, reach: cell });
            expect(decide('mem_2')).toMatchObject({ allowed: false, rule: row.rule });
          }
          if (cell === 'no') expect(decide()).toMatchObject({ allowed: false, rule: row.rule });
        });
      }
    });
  }

  it('R6 A2 lets super admin, admin and developer of the client authorize an admin connection, and no user', () => {
    const allowed = ACCESS_COLUMNS.filter(({ side }) => side === 'client').filter(
      (column) => may(actor(column), 'authorization.grant', { type: 'admin', holder: 'shared' }).allowed,
    );
    expect(allowed.map(({ role }) => role)).toEqual(['super-admin', 'admin', 'developer']);
  });

  it('says who may, on the same side, and by which rule', () => {
    const decision = may(actor({ side: 'client', role: 'user' }), 'application.install');
    expect(decision).toEqual({ allowed: false, rule: 'R11', says: 'a user cannot install applications; super admin can (R11)' });
    const elsewhere = may(actor({ side: 'client', role: 'admin' }), 'connection.define', { type: 'admin' });
    expect(elsewhere).toMatchObject({ says: 'on the client side nobody can define connections (R1)' });
  });

  it('knows no action beyond its rows', () => {
    const action = 'application.nothing' as string as Action;
    expect(may(actor(ACCESS_COLUMNS[0]), action)).toMatchObject({ allowed: false });
  });
});
