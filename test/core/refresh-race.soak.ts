import { it } from 'vitest';
import { chance } from '../support/chance.ts';
import { raceToRefresh } from '../support/refresh-race.ts';
import { startTestSandbox } from '../support/sandbox.ts';

it('S31 S59 no refresh token is sent twice in a thousand races with random deaths', async () => {
  const sandbox = await startTestSandbox({ accessTokenSeconds: 100 });
  const outcomes = await raceToRefresh(sandbox, 1_000, chance('the race to refresh'));
  for (const [outcome, count] of [...outcomes].sort()) console.log(`  ${outcome}: ${count}`);
  await sandbox.close();
});
