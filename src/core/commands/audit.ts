import { auditFilter, readAudit } from '../audit.ts';
import { command } from '../command.ts';

/** Every readable line that matches, as JSON lines, newest first; no secret is ever among them. */
export const exportAudit = command({
  allow: 'audit.read',
  input: auditFilter,
  run: async (call, filter) => {
    const lines: string[] = [];
    let before: number | null = null;
    do {
      const page = await readAudit(call, { ...filter, before, limit: 500 });
      lines.push(...page.rows.map((row) => JSON.stringify({ ...row, at: new Date(row.at).toISOString() })));
      before = page.next;
    } while (before !== null);
    return { fileName: 'latchkey-audit.jsonl', text: `${lines.join('\n')}\n` };
  },
});
