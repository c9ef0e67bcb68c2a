import { useLive } from '../live.ts';
import { place } from '../place.ts';

/** What belongs to Activity; the outbox says how much waits. */
export const ActivityTabs = () => {
  const live = useLive('outbox', {});
  const count = live.state === 'ready' ? live.value.entries.length : 0;
  const tabs = [
    { href: '#/activity', label: 'Audit' },
    { href: '#/activity/outbox', label: count === 0 ? 'Outbox' : `Outbox (${count})` },
  ];
  return (
    <nav aria-label="Activity" class="actions">
      {tabs.map(({ href, label }) => (
        <a key={href} class="button" href={href} aria-current={place.value.path === href.slice(1) ? 'page' : undefined}>
          {label}
        </a>
      ))}
    </nav>
  );
};
