import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readKeyFile } from '../../src/bundle/key-file.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { feed } from '../../src/cli/feed.ts';
import { key } from '../../src/cli/key.ts';
import type { ApplicationId } from '../../src/domain/ids.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { actAs, publish } from '../support/journey.ts';
import { startStaticHost } from '../support/static-host.ts';
import { ran } from '../support/terminal.ts';

const PASSPHRASE = 'four quiet random words';

let core: TestCore;
let estate: ApplicationId;
beforeEach(async () => {
  core = await startCore();
  ({ applicationId: estate } = await core.do('loadSample', {}));
});

describe('the author’s key', () => {
  it('S60 leaves only encrypted, as the file that the command line reads; it is the super admin’s', async () => {
    expect((await core.see('settings', {})).signing).toMatchObject({ key: null, manage: { allowed: true } });
    expect(await core.fails('exportAuthorKey', { passphrase: 'short' })).toBe('vault.passphrase-weak');
    const { text } = await core.do('exportAuthorKey', { passphrase: PASSPHRASE });
    const opened = await readKeyFile(text, PASSPHRASE);
    expect(text).not.toContain(opened.privateKey.slice(40, 80));
    const bundle = await publish(core, estate, '1.0.0');
    expect((await verifyBundle(bundle.text)).keyId).toBe(opened.keyId);
    expect((await core.see('settings', {})).signing?.key?.words.split(' ')).toHaveLength(8);
    expect(JSON.stringify(await core.dump())).not.toContain(opened.privateKey.slice(40, 80));
    await actAs(core, 'Lee');
    expect(await core.fails('exportAuthorKey', { passphrase: PASSPHRASE })).toBe('access.refused');
    await actAs(core, 'Carla');
    expect(await core.fails('exportAuthorKey', { passphrase: PASSPHRASE })).toBe('access.refused');
    expect((await core.see('settings', {})).signing).toBeNull();
  });

  it('is taken from a key file; another one than the present one only when that is confirmed', async () => {
    const { text } = await core.do('exportAuthorKey', { passphrase: PASSPHRASE });
    const { keyId } = await readKeyFile(text, PASSPHRASE);
    expect(await core.do('importAuthorKey', { text, passphrase: PASSPHRASE, isConfirmed: false })).toMatchObject({ isNew: false });
    const other = await startCore();
    const { applicationId } = await other.do('loadSample', {});
    expect(await other.fails('importAuthorKey', { text, passphrase: `${PASSPHRASE}!`, isConfirmed: true })).toBe('key.not-opened');
    expect(await other.fails('importAuthorKey', { text: 'no key', passphrase: PASSPHRASE, isConfirmed: true })).toBe('key.unreadable');
    await other.do('exportAuthorKey', { passphrase: PASSPHRASE });
    expect(await other.fails('importAuthorKey', { text, passphrase: PASSPHRASE, isConfirmed: false })).toBe('key.other');
    expect(await other.do('importAuthorKey', { text, passphrase: PASSPHRASE, isConfirmed: true })).toMatchObject({ isNew: true });
    expect((await verifyBundle((await publish(other, applicationId, '1.0.0')).text)).keyId).toBe(keyId);
  });

  it('publishes what the app signed to a feed that a client follows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'latchkey-key-'));
    const at = (name: string): string => join(folder, name);
    const { text } = await core.do('exportAuthorKey', { passphrase: PASSPHRASE });
    await Promise.all([writeFile(at('author.key'), text), writeFile(at('passphrase'), PASSPHRASE)]);
    const shown = await ran(key, 'show', '--key', at('author.key'), '--passphrase-file', at('passphrase'));
    expect(shown.out).toContain((await core.see('settings', {})).signing?.key?.words ?? 'no words');
    const bundle = await publish(core, estate, '1.0.0');
    await writeFile(at(bundle.fileName), bundle.text);
    const keyed = ['--key', at('author.key'), '--passphrase-file', at('passphrase')];
    expect((await ran(feed, 'publish', at(bundle.fileName), '--to', at('site'), ...keyed)).code).toBe(0);
    const host = await startStaticHost(at('site'));
    await actAs(core, 'Carla');
    const { feedId } = await core.do('followFeed', { address: host.address });
    const downloaded = await core.do('downloadUpdate', { feedId, applicationId: estate, version: '1.0.0' });
    expect(downloaded.text).toBe(bundle.text);
    await core.do('installBundle', downloaded);
    expect(await core.see('installed', {})).toMatchObject([{ name: 'Estate', version: '1.0.0' }]);
    await host.close();
  });
});
