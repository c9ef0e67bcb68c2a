import { useState } from 'preact/hooks';
import { areSingleKeysOn, setSingleKeys } from '../single-keys.ts';

/** Whether single letters are shortcuts in this browser. */
export const SingleKeys = () => {
  const [isOn, setOn] = useState(areSingleKeysOn);
  return (
    <section class="card" aria-labelledby="single-keys">
      <h2 id="single-keys">Keys</h2>
      <label class="choice">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => {
            setSingleKeys(event.currentTarget.checked);
            setOn(event.currentTarget.checked);
          }}
        />{' '}
        <span>
          Single letters are shortcuts
          <small class="hint">
            In lists, j and k go to the next and the previous row; / searches the catalogue; n makes a connection from a connector. In
            fields they are always just letters.
          </small>
        </span>
      </label>
    </section>
  );
};
