import { useState } from 'preact/hooks';
import { platform } from '#platform';
import type { SettingsView } from '../../core/views.ts';
import { Fault } from '../../domain/faults.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { readExactly } from '../incoming.ts';
import { tell } from '../notices.tsx';
import { Code, CopyButton, FileField, Name } from '../parts/basics.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Form } from '../parts/form.tsx';
import { PassphraseField } from '../parts/passphrase.tsx';

const Export = () => {
  const acting = useAct();
  const [passphrase, setPassphrase] = useState('');
  const save = (): void =>
    acting.run(async () => {
      const { fileName, text } = await core.exportAuthorKey({ passphrase });
      platform.download(fileName, text);
      setPassphrase('');
      tell(`The key is saved as ${fileName}, encrypted.`);
    });
  return (
    <details>
      <summary>Export the key</summary>
      <Form acting={acting} onSubmit={save} submit="Save the key file">
        <p>Who has the file and its passphrase signs in your name. There is no export without a passphrase.</p>
        <PassphraseField label="Passphrase of the key file" value={passphrase} onChange={setPassphrase} isNew />
      </Form>
    </details>
  );
};

const Import = () => {
  const acting = useAct();
  const [file, setFile] = useState<{ readonly name: string; readonly text: string } | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [isOther, setOther] = useState(false);
  const [isConfirmed, setConfirmed] = useState(false);
  const take = (): void =>
    acting.run(async () => {
      try {
        const { key, isNew } = await core.importAuthorKey({ text: file?.text ?? '', passphrase, isConfirmed });
        setFile(null);
        setPassphrase('');
        setOther(false);
        setConfirmed(false);
        tell(isNew ? `Bundles are signed with ${key.hex} from now on.` : 'This is the key that signs already.');
      } catch (error) {
        if (error instanceof Fault && error.code === 'key.other') setOther(true);
        throw error;
      }
    });
  return (
    <details>
      <summary>Import a key</summary>
      <Form acting={acting} onSubmit={take} submit="Import the key">
        <FileField
          label="Key file"
          accept=".key"
          onFile={(given) => void readExactly(given).then((text) => setFile({ name: given.name, text }))}
        />
        {file === null ? null : (
          <p>
            <Name>{file.name}</Name>
          </p>
        )}
        <PassphraseField label="Passphrase of the imported key" value={passphrase} onChange={setPassphrase} />
        {isOther ? (
          <label class="choice">
            <input type="checkbox" checked={isConfirmed} onChange={(event) => setConfirmed(event.currentTarget.checked)} />
            <span>
              Replace the key that signs now
              <small class="hint">
                Export it first. Clients that know it see a different author, unless your feed leads from the one to the other.
              </small>
            </span>
          </label>
        ) : null}
      </Form>
    </details>
  );
};

const COMMAND = 'latchkey feed publish BUNDLE.latchkey --to FOLDER --key KEY-FILE';

/** The key that signs this workspace's bundles, and how a version gets into a feed. */
export const Signing = ({ signing }: { readonly signing: NonNullable<SettingsView['signing']> }) => (
  <section class="card" aria-labelledby="signing">
    <h2 id="signing">Signing</h2>
    {signing.key === null ? (
      <p>There is no key yet: the first distribution makes one, or you import yours.</p>
    ) : (
      <>
        <p>Everything that this workspace distributes is signed with one key. Clients compare its fingerprint.</p>
        <Fingerprint of={signing.key} />
      </>
    )}
    {signing.manage.allowed ? (
      <>
        <Export />
        <Import />
      </>
    ) : (
      <p class="hint">{signing.manage.says}</p>
    )}
    <h3>Publish to a feed</h3>
    <p>
      The command line does it, with the exported key. Any static host serves the folder; <Code>s3://bucket/prefix</Code> names a bucket.
    </p>
    <p>
      <Code>{COMMAND}</Code> <CopyButton text={COMMAND} what="the command" />
    </p>
  </section>
);
