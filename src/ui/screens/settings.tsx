import { useEffect, useState } from 'preact/hooks';
import { platform } from '#platform';
import type { FrameView, MemberView, Permission, SettingsView, VaultView } from '../../core/views.ts';
import { ENGINE } from '../../domain/engine.ts';
import { ROLE_LABELS, ROLES_OF_SIDE, type Role, SIDE_LABELS } from '../../domain/workspace.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { useLive } from '../live.ts';
import { tell } from '../notices.tsx';
import { Button, Code, CopyButton, FaultNote, Loaded, Name, SelectField, TextField } from '../parts/basics.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { Form } from '../parts/form.tsx';
import { NewWorkspace } from '../parts/new-workspace.tsx';
import { PassphraseField } from '../parts/passphrase.tsx';
import { Beyond } from './settings-beyond.tsx';
import { SingleKeys } from './settings-keys.tsx';
import { Signing } from './settings-signing.tsx';

const Protect = () => {
  const acting = useAct();
  const [passphrase, setPassphrase] = useState('');
  const protect = (): void =>
    acting.run(async () => {
      await core.protectVault({ passphrase });
      setPassphrase('');
      tell('The vault is protected by your passphrase.');
    });
  return (
    <Form acting={acting} onSubmit={protect} submit="Protect the vault" kind="primary">
      <PassphraseField label="New passphrase" value={passphrase} onChange={setPassphrase} isNew />
    </Form>
  );
};

const ChangePassphrase = () => {
  const acting = useAct();
  const [current, setCurrent] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const done = (said: string): void => {
    setCurrent('');
    setPassphrase('');
    tell(said);
  };
  const change = (): void =>
    acting.run(async () => {
      await core.changePassphrase({ current, passphrase });
      done('The passphrase is changed.');
    });
  const rotate = (): void =>
    acting.run(async () => {
      await core.rotateDataKey({ passphrase: current });
      done('Everything is sealed under a new data key.');
    });
  return (
    <details>
      <summary>Change the passphrase or the data key</summary>
      <Form acting={acting} onSubmit={change} submit="Change the passphrase">
        <PassphraseField label="Current passphrase" value={current} onChange={setCurrent} />
        <PassphraseField label="New passphrase" value={passphrase} onChange={setPassphrase} isNew />
      </Form>
      <p class="hint">
        Changing the passphrase leaves what is sealed as it is. Rotating the data key seals everything anew; it needs the current passphrase
        alone.
      </p>
      <Button onPress={rotate} isBusy={acting.isBusy}>
        Rotate the data key
      </Button>
    </details>
  );
};

/** A passkey opens the vault too, where the browser has one that gives a key. The passphrase stays, for when it is lost. */
const Passkey = ({ vault }: { readonly vault: VaultView }) => {
  const acting = useAct();
  const [isAble, setAble] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  useEffect(() => void platform.passkeys().then(async ({ canUsePasskeys }) => setAble(await canUsePasskeys())), []);
  const add = (): void =>
    acting.run(async () => {
      const { makePasskey } = await platform.passkeys();
      await core.addPasskey({ passphrase, ...(await makePasskey()) });
      setPassphrase('');
      tell('The passkey opens the vault from now on; the passphrase still does.');
    });
  const remove = (): void =>
    acting.run(async () => {
      await core.removePasskey({});
      tell('Only the passphrase opens the vault now.');
    });
  if (vault.passkey !== null)
    return (
      <p>
        A passkey opens the vault too.{' '}
        <Button onPress={remove} isBusy={acting.isBusy}>
          Remove the passkey
        </Button>
        <FaultNote fault={acting.fault} />
      </p>
    );
  if (!isAble) return <p class="hint">This browser has no passkeys that can open a vault.</p>;
  return (
    <details>
      <summary>Add a passkey</summary>
      <Form acting={acting} onSubmit={add} submit="Add the passkey">
        <PassphraseField label="Passphrase of the vault" value={passphrase} onChange={setPassphrase} />
      </Form>
    </details>
  );
};

const IdleLock = ({ minutes }: { readonly minutes: number }) => {
  const acting = useAct();
  return (
    <>
      <SelectField
        label="Lock when nobody is there for"
        value={String(minutes)}
        onChange={(value) => acting.run(async () => void (await core.setIdleLock({ minutes: Number(value) })))}
        options={[...new Set([1, 5, 15, 30, 60, minutes])]
          .sort((a, b) => a - b)
          .map((one) => ({ value: String(one), label: `${one} min` }))}
      />
      <FaultNote fault={acting.fault} />
    </>
  );
};

const Vault = ({ view, vault }: { readonly view: SettingsView; readonly vault: VaultView }) => (
  <section class="card" aria-labelledby="vault">
    <h2 id="vault">Vault</h2>
    <p>
      {view.vault.sealedSecrets} {view.vault.sealedSecrets === 1 ? 'authorization is' : 'authorizations are'} sealed with{' '}
      {vault.state === 'device' ? 'a key that lies in this browser profile.' : 'a key that opens with your passphrase only.'}
    </p>
    {vault.state === 'device' ? (
      <>
        <p>
          This keeps tokens out of pages, exports, logs and messages.{' '}
          <strong>It does not protect against someone who has your browser profile</strong>: the key lies beside what it seals. A passphrase
          does, from then on. A browser’s storage keeps deleted bytes for a while: for what was stored before, authorize again afterwards
          and revoke the old access at the service.
        </p>
        <Protect />
      </>
    ) : (
      <>
        <p>
          It is {vault.state}. Definitions, review and publishing work while it is locked; what needs a secret asks for the passphrase, and
          goes on by itself.
        </p>
        <IdleLock minutes={vault.idleMinutes} />
        <Passkey vault={vault} />
        <ChangePassphrase />
      </>
    )}
    <p>
      {view.isPersistent === true
        ? 'The browser keeps this data until you delete it.'
        : view.isPersistent === false
          ? 'The browser may delete this data when space runs out.'
          : 'The browser does not say whether it keeps this data.'}
    </p>
  </section>
);

const Sandbox = ({ view }: { readonly view: SettingsView }) => {
  const acting = useAct();
  const [origin, setOrigin] = useState(view.sandboxOrigin);
  const save = (): void =>
    acting.run(async () => {
      await core.setSandboxOrigin({ origin });
      tell('The address of the sandbox is saved.');
    });
  return (
    <section class="card" aria-labelledby="sandbox">
      <h2 id="sandbox">Sandbox</h2>
      <Form acting={acting} onSubmit={save} submit="Save the address" isInline>
        <TextField
          label="Address of the sandbox"
          value={origin}
          onChange={setOrigin}
          hint="As npm start prints it. New authorizations use it."
        />
      </Form>
      <p>
        Redirect address of this host: <Code>{view.redirectUri}</Code> <CopyButton text={view.redirectUri} what="redirect address" />
      </p>
    </section>
  );
};

const AddMember = ({ roles }: { readonly roles: readonly Role[] }) => {
  const acting = useAct();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>(roles[0] ?? 'user');
  const add = (): void =>
    acting.run(async () => {
      await core.addMember({ name, role });
      setName('');
      tell(`${name} is a member now.`);
    });
  return (
    <Form acting={acting} onSubmit={add} submit="Add member" isInline>
      <TextField label="Name of the new member" value={name} onChange={setName} required />
      <SelectField
        label="Role"
        value={role}
        onChange={(value) => setRole(roles.find((one) => one === value) ?? role)}
        options={roles.map((one) => ({ value: one, label: ROLE_LABELS[one] }))}
      />
    </Form>
  );
};

/** The roles that the acting member may add and remove: nobody the super admin, an admin plain users only (matrix). */
const mayManage = ({ acting }: FrameView, role: Role): boolean => acting?.managedRoles.includes(role) === true;

/** A developer hands versions to clients only with it (R12). */
const DistributeAccess = ({ member, permission }: { readonly member: MemberView; readonly permission: Permission | null }) => {
  const acting = useAct();
  const has = member.hasDistributeAccess;
  const toggle = (): void =>
    acting.run(async () => {
      await core.setDistributeAccess({ memberId: member.id, hasAccess: !has });
      tell(has ? `${member.name} may not distribute any more.` : `${member.name} may distribute now.`);
    });
  return (
    <>
      <span class="hint"> {has ? 'with distribute access' : 'without distribute access'}</span>{' '}
      {permission === null ? null : (
        <Button
          onPress={toggle}
          isBusy={acting.isBusy}
          permission={permission}
          label={has ? `Take distribute access from ${member.name}` : `Give distribute access to ${member.name}`}
        >
          {has ? 'Take distribute access' : 'Give distribute access'}
        </Button>
      )}
      <FaultNote fault={acting.fault} />
    </>
  );
};

const Members = ({ frame }: { readonly frame: FrameView }) => (
  <section class="card" aria-labelledby="members">
    <h2 id="members">Workspaces and members</h2>
    <p>Roles on one device rehearse what each person sees. The vault protects; roles do not.</p>
    {frame.workspaces.map((workspace) => (
      <div key={workspace.id}>
        <h3>
          <Name>{workspace.name}</Name> <span class="hint">{SIDE_LABELS[workspace.side]}</span>
        </h3>
        <ul class="plain">
          {workspace.members.map((member) => (
            <li key={member.id}>
              <Name>{member.name}</Name>, {ROLE_LABELS[member.role]}
              {workspace.side === 'developer' && member.role === 'developer' ? (
                <DistributeAccess
                  member={member}
                  permission={frame.acting?.workspace.id === workspace.id ? frame.acting.manageClients : null}
                />
              ) : null}
              {frame.acting?.workspace.id === workspace.id && mayManage(frame, member.role) ? (
                <>
                  {' '}
                  <Confirm
                    verb="Remove…"
                    title={`Remove… ${member.name}`}
                    confirm={`Remove ${member.name}`}
                    act={async () => {
                      await core.removeMember({ memberId: member.id });
                      tell(`${member.name} left the workspace.`);
                    }}
                  >
                    <p>
                      Their own authorizations are revoked and deleted. What they authorized for everyone keeps working, and is shown as
                      given by a former member.
                    </p>
                  </Confirm>
                </>
              ) : null}
            </li>
          ))}
        </ul>
      </div>
    ))}
    {frame.acting === null ? null : frame.acting.manageMembers.allowed ? (
      <AddMember
        key={frame.acting.workspace.id}
        roles={ROLES_OF_SIDE[frame.acting.workspace.side].filter((role) => mayManage(frame, role))}
      />
    ) : (
      <p class="hint">{frame.acting.manageMembers.says}</p>
    )}
    <details>
      <summary>New workspace</summary>
      <NewWorkspace />
    </details>
  </section>
);

export const Settings = () => {
  const settings = useLive('settings', {});
  const frame = useLive('frame', {});
  const vault = useLive('vault', {});
  return (
    <>
      <Loaded live={settings}>
        {(view) => (
          <>
            <Loaded live={vault}>{(state) => <Vault view={view} vault={state} />}</Loaded>
            {view.signing === null ? null : <Signing signing={view.signing} />}
            <Sandbox key={view.sandboxOrigin} view={view} />
          </>
        )}
      </Loaded>
      <Loaded live={frame}>{(view) => <Members frame={view} />}</Loaded>
      <Loaded live={frame}>
        {({ acting }) =>
          acting === null || !acting.manageCredentials.allowed ? null : (
            <section class="card" aria-labelledby="oauth-apps">
              <h2 id="oauth-apps">OAuth apps</h2>
              <p>The account’s own registrations at services, where the connector’s is not wanted.</p>
              <a class="button" href="#/oauth-apps">
                See OAuth apps
              </a>
            </section>
          )
        }
      </Loaded>
      <Loaded live={settings}>{(view) => <Loaded live={frame}>{(seen) => <Beyond view={view} frame={seen} />}</Loaded>}</Loaded>
      <section class="card" aria-labelledby="backup">
        <h2 id="backup">Backup</h2>
        <p>One file of the workspace, to keep or to move to another device.</p>
        <a class="button" href="#/backup">
          Back up or restore
        </a>
      </section>
      <SingleKeys />
      <section class="card" aria-labelledby="about">
        <h2 id="about">About</h2>
        <p>
          <a class="button" href="#/where">
            Where is it all?
          </a>
        </p>
        <p>
          Latchkey {ENGINE}. MIT license. It sends nothing anywhere but to the services that you connect and the feeds that you follow: no
          telemetry, no server of ours.
        </p>
      </section>
    </>
  );
};
