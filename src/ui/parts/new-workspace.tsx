import { useState } from 'preact/hooks';
import type { Side } from '../../domain/workspace.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { tell } from '../notices.tsx';
import { SelectField, TextField } from './basics.tsx';
import { Form } from './form.tsx';

/** A form for another account on this device. */
export const NewWorkspace = () => {
  const acting = useAct();
  const [name, setName] = useState('');
  const [memberName, setMemberName] = useState('');
  const [side, setSide] = useState<Side>('developer');
  const create = (): void =>
    acting.run(async () => {
      await core.createWorkspace({ side, name, memberName });
      setName('');
      setMemberName('');
      tell(`The workspace ${name} is ready.`);
    });
  return (
    <Form acting={acting} onSubmit={create} submit="Create workspace">
      <SelectField
        label="Side"
        value={side}
        onChange={(value) => setSide(value === 'client' ? 'client' : 'developer')}
        options={[
          { value: 'developer', label: 'Developer side: builds applications' },
          { value: 'client', label: 'Client side: installs applications' },
        ]}
      />
      <TextField label="Workspace name" value={name} onChange={setName} required />
      <TextField label="Your name" value={memberName} onChange={setMemberName} required hint="You become its super admin." />
    </Form>
  );
};
