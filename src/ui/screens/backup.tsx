import { useState } from 'preact/hooks';
import { platform } from '#platform';
import type { FrameView, LeftOut, RestorePreview } from '../../core/views.ts';
import { Fault } from '../../domain/faults.ts';
import { SIDE_LABELS } from '../../domain/workspace.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { backup, receiveBackup } from '../incoming.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, FaultNote, FileField, Loaded, Name, Scroll, When } from '../parts/basics.tsx';
import { Form } from '../parts/form.tsx';
import { PassphraseField } from '../parts/passphrase.tsx';
import { go } from '../place.ts';

type How = 'with' | 'encrypted' | 'readable';

/** What each kind of backup holds, and what it takes to open it. */
const HOWS: readonly { readonly how: How; readonly label: string; readonly hint: string }[] = [
  {
    how: 'with',
    label: 'Everything, with authorizations',
    hint: 'Tokens, stored client secrets and the author key too. For moving to another device: go on with them on one device only, because a renewal on one ends them on the other.',
  },
  { how: 'encrypted', label: 'Without authorizations, encrypted', hint: 'Definitions, versions, entries, followed feeds and the audit.' },
  {
    how: 'readable',
    label: 'Without authorizations, readable',
    hint: 'The same, as JSON that needs no passphrase. Entries and names in it can be read by who has the file.',
  },
];

const Make = ({ frame }: { readonly frame: FrameView }) => {
  const acting = useAct();
  const [how, setHow] = useState<How>('with');
  const [passphrase, setPassphrase] = useState('');
  const [leftOut, setLeftOut] = useState<readonly LeftOut[]>([]);
  const make = (): void =>
    acting.run(async () => {
      const { fileName, text, leftOut } = await core.makeBackup({
        withAuthorizations: how === 'with',
        passphrase: how === 'readable' ? null : passphrase,
      });
      platform.download(fileName, text);
      setPassphrase('');
      setLeftOut(leftOut);
      tell(`The backup is saved as ${fileName}.`);
    });
  if (frame.acting === null) return <p>There is no workspace yet, so there is nothing to back up.</p>;
  if (!frame.acting.manageBackup.allowed) return <p>{frame.acting.manageBackup.says}</p>;
  return (
    <Form acting={acting} onSubmit={make} submit="Save the backup" kind="primary">
      {leftOut.length === 0 ? null : (
        <p role="status">
          <strong>Damaged rows are not in this backup,</strong> and neither is what is nothing without them:{' '}
          {leftOut.map(({ what, count }) => `${what}: ${count}`).join(', ')}. A backup from before brings them back.
        </p>
      )}
      <p>
        One file of the workspace <Name>{frame.acting.workspace.name}</Name>.
      </p>
      <fieldset>
        <legend>What goes in</legend>
        {HOWS.map((one) => (
          <label key={one.how} class="choice">
            <input type="radio" name="how" checked={how === one.how} onChange={() => setHow(one.how)} />
            <span>
              {one.label} <small class="hint">{one.hint}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {how === 'readable' ? null : <PassphraseField label="Passphrase of the backup" value={passphrase} onChange={setPassphrase} isNew />}
    </Form>
  );
};

const Changes = ({ preview }: { readonly preview: RestorePreview }) => (
  <>
    <p>
      <Name>{preview.workspaceName}</Name>, {SIDE_LABELS[preview.side]}, as it was at <When at={preview.madeAt} />.{' '}
      {preview.isHere
        ? 'The workspace is on this device: it becomes what it was then.'
        : 'The workspace is not on this device yet: it is added beside what is here.'}
    </p>
    {preview.changes.length === 0 ? (
      <p>
        <strong>Nothing would change.</strong>
      </p>
    ) : (
      <Scroll>
        <table>
          <caption>What restoring changes</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Added</th>
              <th scope="col">Changed</th>
              <th scope="col">Removed</th>
            </tr>
          </thead>
          <tbody>
            {preview.changes.map(({ what, added, changed, removed }) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{added}</td>
                <td>{changed}</td>
                <td>{removed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    )}
    <ul>
      {preview.withAuthorizations ? (
        <li>{preview.broughtAuthorizations} authorizations come from the backup.</li>
      ) : (
        <li>The backup has no authorizations: what is not connected here has to be authorized.</li>
      )}
      {preview.keptAuthorizations === 0 ? null : <li>{preview.keptAuthorizations} that are here stay: theirs are newer.</li>}
      {preview.endedAuthorizations === 0 ? null : (
        <li>
          <strong>{preview.endedAuthorizations} that are here are deleted,</strong> because their connection is not in the backup, is
          another one there, or speaks to other hosts there.
        </li>
      )}
      {preview.endedSecrets === 0 ? null : (
        <li>
          <strong>
            {preview.endedSecrets === 1 ? '1 stored client secret is' : `${preview.endedSecrets} stored client secrets are`} deleted,
          </strong>{' '}
          because the OAuth app is not in the backup, is another one there, or its service has other hosts there.
        </li>
      )}
      {preview.connectors.map(({ name, hosts, hostsBefore }) => (
        <li key={`${name} ${hosts.join()}`}>
          The custom connector <Name>{name}</Name> speaks to <strong>{hosts.join(', ')}</strong>
          {hostsBefore === null || hostsBefore.join() === hosts.join() ? '.' : ` and no more to ${hostsBefore.join(', ')}.`}
        </li>
      ))}
      {preview.keptFeeds === 0 ? null : (
        <li>
          {preview.keptFeeds === 1 ? '1 feed that is followed here keeps' : `${preview.keptFeeds} feeds that are followed here keep`} what
          was seen since: nothing older is believed again.
        </li>
      )}
      {preview.damaged === 0 ? null : (
        <li>{preview.damaged === 1 ? '1 damaged row here is' : `${preview.damaged} damaged rows here are`} replaced, or deleted.</li>
      )}
      <li>The audit loses nothing, and the highest versions that were seen stay.</li>
    </ul>
  </>
);

const Opened = ({ name, text }: { readonly name: string; readonly text: string }) => {
  const opening = useAct();
  const restoring = useAct();
  const [passphrase, setPassphrase] = useState('');
  const [isEncrypted, setEncrypted] = useState(false);
  const [preview, setPreview] = useState<RestorePreview | null>(null);
  const given = isEncrypted ? passphrase : null;
  const open = (): void =>
    opening.run(async () => {
      try {
        setPreview(await core.previewRestore({ text, passphrase: given }));
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'backup.passphrase-needed') throw error;
        setEncrypted(true);
      }
    });
  const restore = (): void =>
    restoring.run(async () => {
      await core.restoreBackup({ text, passphrase: given });
      backup.value = null;
      setPassphrase('');
      tell('The workspace is restored.');
      go('/');
    });
  return (
    <>
      <p>
        <Name>{name}</Name>{' '}
        <Button
          onPress={() => {
            backup.value = null;
          }}
        >
          Choose another
        </Button>
      </p>
      {preview === null ? (
        <Form acting={opening} onSubmit={open} submit="Open the backup" kind="primary">
          {isEncrypted ? <PassphraseField label="Its passphrase" value={passphrase} onChange={setPassphrase} /> : null}
        </Form>
      ) : (
        <>
          <Changes preview={preview} />
          <FaultNote fault={restoring.fault} />
          <Button kind="primary" onPress={restore} isBusy={restoring.isBusy}>
            {preview.isHere ? 'Restore the workspace' : 'Add the workspace'}
          </Button>
        </>
      )}
    </>
  );
};

const Restore = () => {
  const given = backup.value;
  if (given !== null) return <Opened key={given.name + given.text.length} name={given.name} text={given.text} />;
  return (
    <>
      <p>Choose the file. Before anything changes you see what would.</p>
      <FileField label="Backup file" accept=".latchkey-backup" onFile={(file) => void receiveBackup(file)} />
    </>
  );
};

/** Make a backup of the acting workspace, or restore one. */
export const Backup = () => {
  const frame = useLive('frame', {});
  return (
    <>
      <section class="card" aria-labelledby="make">
        <h2 id="make">Make a backup</h2>
        <Loaded live={frame}>{(view) => <Make frame={view} />}</Loaded>
      </section>
      <section class="card drop" aria-labelledby="restore">
        <h2 id="restore">Restore a backup</h2>
        <Restore />
      </section>
    </>
  );
};
