import { SWITCHES, type Switch } from '../domain/switches.ts';
import type { Call } from './command.ts';
import { record } from './record.ts';

/** Has the acting workspace switched this on. */
export const isSwitchedOn = async (call: Call, name: Switch): Promise<boolean> => {
  const key = `${name}:${call.acting().workspace.id}` as const;
  const row = await call.db.settings.get(key);
  return row?.key === key && row.value === true;
};

/** Switches it on or off in the acting workspace; what is there already goes on. */
export const turn = async (call: Call, name: Switch, isOn: boolean): Promise<void> => {
  const { workspace, member } = call.acting();
  await record(call, {
    put: { settings: [{ key: `${name}:${workspace.id}`, value: isOn }] },
    event: {
      name: 'settings.changed',
      workspaceId: workspace.id,
      actor: member.id,
      subject: null,
      fields: { name: SWITCHES[name][isOn ? 'on' : 'off'] },
    },
  });
};
