import { useEffect, useState } from 'preact/hooks';
import type { DeviceView } from '../../core/views.ts';

type Squares = readonly (readonly boolean[])[];

/** One path for all dark squares; four light ones stand around them (ISO/IEC 18004, quiet zone). */
const pathOf = (squares: Squares): string =>
  squares.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : []))).join('');

const QrCode = ({ text, label }: { readonly text: string; readonly label: string }) => {
  const [squares, setSquares] = useState<Squares | null>(null);
  useEffect(() => {
    // Loaded here alone: few services are authorized on another device.
    void import('uqr').then(({ encode }) => setSquares(encode(text, { border: 0 }).data));
  }, [text]);
  if (squares === null) return null;
  const size = squares.length + 8;
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={pathOf(squares)} fill="#000" />
    </svg>
  );
};

const pad = (count: number): string => String(count).padStart(2, '0');

const useSecondsLeft = (endsAt: number): number => {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((endsAt - now) / 1_000));
};

/** The code that a person enters at the service, on this or another device, and how long it is good (RFC 8628 section 3.3). */
export const DeviceCode = ({ device, displayName }: { readonly device: DeviceView; readonly displayName: string }) => {
  const { userCode, page, pageWithCode, endsAt } = device;
  const left = useSecondsLeft(endsAt);
  const target = pageWithCode ?? page;
  return (
    <div class="device">
      <div>
        <p>
          Open{' '}
          <a href={target} target="_blank" rel="noopener noreferrer">
            {page}
          </a>{' '}
          on this or another device, and enter:
        </p>
        <p class="device-code">
          <output aria-label={`Code for ${displayName}`}>{userCode}</output>
        </p>
        <p class="hint" role="timer">
          {left === 0 ? 'The code has run out.' : `The code is good for ${Math.floor(left / 60)}:${pad(left % 60)} more minutes.`}
        </p>
      </div>
      <QrCode text={target} label={`QR code of ${page}`} />
    </div>
  );
};
