import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from './parts/basics.tsx';

/** A screen whose code is fetched when somebody first goes there; the service worker has it offline as well. */
export const lazy = <P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> => {
  let loaded: ComponentType<P> | null = null;
  return (props) => {
    const [view, setView] = useState<{ readonly View: ComponentType<P> } | null>(loaded === null ? null : { View: loaded });
    const [hasFailed, setFailed] = useState(false);
    useEffect(() => {
      if (view !== null) return;
      load().then(
        (View) => {
          loaded = View;
          setView({ View });
        },
        () => setFailed(true),
      );
    }, []);
    if (view !== null) return <view.View {...props} />;
    if (!hasFailed) return <p class="loading">Loading…</p>;
    return (
      <>
        <div class="fault" role="alert">
          <p>
            <strong>▲ This screen could not be loaded.</strong>
          </p>
          <p>Latchkey may have been updated meanwhile. Nothing was lost: reload to go on.</p>
        </div>
        <Button onPress={() => location.reload()}>Reload</Button>
      </>
    );
  };
};
