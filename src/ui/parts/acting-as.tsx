import type { FrameView } from '../../core/views.ts';
import { ROLE_LABELS, SIDE_LABELS } from '../../domain/workspace.ts';
import { useAct } from '../act.ts';
import { core } from '../core.ts';
import { FaultNote, Name } from './basics.tsx';

/** Who acts, always in the frame; switching changes workspace and role at once. */
export const ActingAs = ({ frame }: { readonly frame: FrameView }) => {
  const acting = useAct();
  if (frame.acting === null) return null;
  const { member, workspace } = frame.acting;
  return (
    <details class="acting-as">
      <summary>
        Acting as <Name>{member.name}</Name>, {ROLE_LABELS[member.role]}
      </summary>
      <div class="menu">
        {frame.workspaces.map((one) => (
          <section key={one.id} aria-label={`${one.name}, ${SIDE_LABELS[one.side]}`}>
            <h2>
              <Name>{one.name}</Name> <span class="hint">{SIDE_LABELS[one.side]}</span>
            </h2>
            {one.members.map((person) => (
              <button
                key={person.id}
                type="button"
                class="button"
                aria-label={`Act as ${person.name}, ${ROLE_LABELS[person.role]}`}
                aria-pressed={person.id === member.id && one.id === workspace.id}
                onClick={(event) => {
                  event.currentTarget.closest('details')?.removeAttribute('open');
                  acting.run(async () => void (await core.actAs({ memberId: person.id })));
                }}
              >
                Act as <Name>{person.name}</Name>, {ROLE_LABELS[person.role]}
              </button>
            ))}
          </section>
        ))}
        <p class="hint">Roles on one device rehearse what each person sees. The vault protects; roles do not.</p>
        <FaultNote fault={acting.fault} />
      </div>
    </details>
  );
};
