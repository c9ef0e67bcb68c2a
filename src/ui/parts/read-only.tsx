import { platform } from '#platform';
import { useAct } from '../act.ts';
import { Button } from './basics.tsx';

/** Takes a newer version of Latchkey, where there is one. */
export const UpdateNow = () => {
  const acting = useAct();
  return (
    <Button kind="primary" onPress={() => acting.run(() => platform.updateNow())} isBusy={acting.isBusy}>
      Update Latchkey
    </Button>
  );
};

/** What can be done over data that a newer Latchkey wrote, and the way on. */
export const ReadOnlyNote = () => (
  <section class="note warn read-only" aria-label="Read only">
    <p>
      ▲ The stored data was written by a newer Latchkey. You can look at it and save a backup; nothing is changed or sent until this
      Latchkey is updated.
    </p>
    <UpdateNow />
  </section>
);
