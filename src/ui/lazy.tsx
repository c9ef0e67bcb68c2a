import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useAct } from './act.ts';
import { FaultNote } from './parts/basics.tsx';

/** A screen whose code is loaded when somebody first comes to it: the first paint of every other screen waits for none of it. */
export const lazy = <P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> => {
  let loaded: ComponentType<P> | null = null;
  return (props) => {
    const acting = useAct();
    const [View, setView] = useState<ComponentType<P> | null>(() => loaded);
    useEffect(() => {
      if (loaded !== null) return;
      acting.run(async () => {
        const view = await load();
        loaded = view;
        setView(() => view);
      });
    }, []);
    if (View !== null) return <View {...props} />;
    return acting.fault === null ? <p class="loading">Loading…</p> : <FaultNote fault={acting.fault} />;
  };
};
