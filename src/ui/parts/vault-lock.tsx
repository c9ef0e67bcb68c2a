import { useEffect, useState } from 'preact/hooks';
import { platform } from '#platform';
import type { VaultView } from '../../core/views.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { go } from '../place.ts';
import { askToUnlock, unlockAsked } from '../unlock.ts';
import { Button, FaultNote } from './basics.tsx';
import { Confirm } from './confirm.tsx';
import { Dialog } from './dialog.tsx';
import { Form } from './form.tsx';
import { PassphraseField } from './passphrase.tsx';

/** The way on without the passphrase: what is lost, and what is not. */
const Forgotten = ({ onDone }: { readonly onDone: () => void }) => (
  <Confirm
    verb="I forgot it…"
    title="I forgot it… the passphrase of the vault"
    confirm="Begin the vault anew"
    act={async () => {
      const { lost } = await core.resetVault({ isConfirmed: true });
      tell(`The vault begins anew. ${lost} ${lost === 1 ? 'authorization has' : 'authorizations have'} to be given again.`);
      onDone();
    }}
  >
    <p>Nobody can open it without the passphrase. The vault can begin anew, on the key of this device:</p>
    <ul>
      <li>
        Lost: every authorization stored here, stored client secrets, and the author key. The services keep theirs until you revoke them
        there.
      </li>
      <li>Kept: applications, connections and their definitions, versions, entries, members and the audit.</li>
    </ul>
  </Confirm>
);

type UnlockProps = { readonly resume: (() => void) | null; readonly passkey: VaultView['passkey'] };

const Unlock = ({ resume, passkey }: UnlockProps) => {
  const acting = useAct();
  const [passphrase, setPassphrase] = useState('');
  const close = (): void => {
    unlockAsked.value = null;
  };
  const unlock = (): void =>
    acting.run(async () => {
      await core.unlockVault({ passphrase });
      setPassphrase('');
      close();
      resume?.();
    });
  const byPasskey = useAct();
  const unlockWithPasskey = (wanted: NonNullable<VaultView['passkey']>): void =>
    byPasskey.run(async () => {
      const { askPasskey } = await platform.passkeys();
      await core.unlockWithPasskey({ output: await askPasskey(wanted) });
      close();
      resume?.();
    });
  return (
    <Dialog title="Unlock the vault" isOpen onClose={close}>
      {passkey === null ? null : (
        <>
          <Button kind="primary" onPress={() => unlockWithPasskey(passkey)} isBusy={byPasskey.isBusy}>
            Unlock with a passkey
          </Button>
          <FaultNote fault={byPasskey.fault} />
        </>
      )}
      <Form acting={acting} onSubmit={unlock} submit="Unlock" kind="primary">
        <PassphraseField label="Passphrase" value={passphrase} onChange={setPassphrase} />
      </Form>
      <Forgotten onDone={close} />
    </Dialog>
  );
};

const WARNING_MS = 60_000;
const TOUCH_MS = 30_000;

/** Says that somebody is here, as long as the vault is unlocked; at most twice a minute. */
const useTouch = (state: VaultView['state']): void => {
  useEffect(() => {
    if (state !== 'unlocked') return undefined;
    let last = Date.now();
    const touch = (): void => {
      if (Date.now() - last < TOUCH_MS) return;
      last = Date.now();
      void core.stayUnlocked({});
    };
    addEventListener('pointerdown', touch);
    addEventListener('keydown', touch);
    return () => {
      removeEventListener('pointerdown', touch);
      removeEventListener('keydown', touch);
    };
  }, [state]);
};

/** Seconds until the idle lock, once it is near; null before. */
const useWarning = (locksAt: number | null): number | null => {
  const [left, setLeft] = useState<number | null>(null);
  useEffect(() => {
    setLeft(null);
    if (locksAt === null) return undefined;
    const look = (): void => {
      const rest = locksAt - Date.now();
      setLeft(rest < WARNING_MS ? Math.max(0, Math.ceil(rest / 1_000)) : null);
    };
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [locksAt]);
  return left;
};

/** Alt+Shift+L locks, as the extension's own shortcut does in every window. */
const useShortcut = (state: VaultView['state']): void => {
  useEffect(() => {
    if (state !== 'unlocked') return undefined;
    const press = (event: KeyboardEvent): void => {
      if (event.altKey && event.shiftKey && event.code === 'KeyL') void core.lockVault({});
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [state]);
};

/** Once, at the first account that is not the sandbox's: whoever answers is not asked again. */
const Offer = () => (
  <span class="badge warn" role="status">
    A real account is stored here without a passphrase.{' '}
    <Button
      onPress={() => {
        void core.answerProtectionOffer({});
        go('/settings');
      }}
    >
      Protect the vault
    </Button>{' '}
    <Button onPress={() => void core.answerProtectionOffer({})}>Not now</Button>
  </span>
);

const Shown = ({ view }: { readonly view: VaultView }) => {
  useTouch(view.state);
  useShortcut(view.state);
  const left = useWarning(view.locksAt);
  if (view.state === 'device') return view.isProtectionOffered ? <Offer /> : null;
  return (
    <>
      {view.state === 'locked' ? (
        <Button kind="primary" onPress={() => askToUnlock(null)}>
          Unlock
        </Button>
      ) : (
        <Button onPress={() => void core.lockVault({})}>Lock</Button>
      )}
      {left === null || view.state === 'locked' ? null : (
        <span class="badge warn" role="status">
          Locks in {left} s <Button onPress={() => void core.stayUnlocked({})}>Stay</Button>
        </span>
      )}
    </>
  );
};

/** Lock and unlock, wherever one is. Nothing of it shows while the vault has no passphrase. */
export const VaultLock = () => {
  const live = useLive('vault', {});
  const asked = unlockAsked.value;
  return (
    <>
      {live.state === 'ready' ? <Shown view={live.value} /> : null}
      {asked === null ? null : <Unlock resume={asked.resume} passkey={live.state === 'ready' ? live.value.passkey : null} />}
    </>
  );
};
