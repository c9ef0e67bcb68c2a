import { useEffect, useState } from 'preact/hooks';
import { When } from './basics.tsx';

const STEPS = [
  { unit: 'day', milliseconds: 86_400_000 },
  { unit: 'hour', milliseconds: 3_600_000 },
  { unit: 'minute', milliseconds: 60_000 },
] as const;

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always' });

const ageText = (milliseconds: number): string => {
  for (const { unit, milliseconds: size } of STEPS)
    if (milliseconds >= size) return relative.format(-Math.floor(milliseconds / size), unit);
  return 'less than a minute ago';
};

const TICK_MS = 30_000;

/** When something was, and how long ago that is. */
export const Age = ({ at }: { readonly at: number }) => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [at]);
  return (
    <>
      <When at={at} />, {ageText(Math.max(now - at, 0))}
    </>
  );
};
