import type { StatusView } from '../../core/views.ts';
import { faultText } from '../../domain/faults.ts';

/** Two words, Connected and Not connected, always with the reason (R64); never colour alone. */
export const Status = ({ status }: { readonly status: StatusView }) => {
  if (status.flow !== null)
    return (
      <span class="status info">
        <span aria-hidden="true">◔</span> Authorizing
      </span>
    );
  const [tone, icon, word] = status.isConnected
    ? status.reason === null
      ? ['ok', '●', 'Connected']
      : ['warn', '◔', 'Connected']
    : status.reason === null
      ? ['muted', '○', 'Not connected']
      : ['bad', '▲', 'Not connected'];
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{icon}</span> {word}
      {status.reason === null ? null : <small class="reason"> {faultText(status.reason)}</small>}
    </span>
  );
};
