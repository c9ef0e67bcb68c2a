import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ConnectorCard } from '../../core/views.ts';
import { Tag } from './basics.tsx';
import { CustomTag, Monogram, SandboxTag } from './connector.tsx';
import { VerdictWords } from './verdict.tsx';

type Props = {
  readonly list: RefObject<HTMLUListElement | null>;
  readonly cards: readonly ConnectorCard[];
  readonly hrefOf: (card: ConnectorCard) => string;
  /** What the link says of a card to who hears it only. */
  readonly labelOf: (card: ConnectorCard) => string;
  readonly heading: 'h2' | 'h3';
  /** The card that takes the focus once it is there; null leaves the focus alone. */
  readonly focusAt: number | null;
  readonly onFocused: () => void;
  /** A card is opened. */
  readonly onOpen: (card: ConnectorCard) => void;
  /** Back to the search: up from the first row, or when something is typed. */
  readonly onLeave: () => void;
};

const Card = ({
  card,
  heading: Heading,
  href,
  label,
  isStop,
}: {
  readonly card: ConnectorCard;
  readonly heading: Props['heading'];
  readonly href: string;
  readonly label: string;
  readonly isStop: boolean;
}) => (
  <li class="card pick">
    <Heading>
      <Monogram name={card.name} />{' '}
      <a href={href} tabIndex={isStop ? 0 : -1} aria-label={label}>
        {card.name}
      </a>{' '}
      <SandboxTag isSandbox={card.isSandbox} />
      <CustomTag connectorId={card.id} />
      {card.isRetired ? <Tag tone="warn">retired</Tag> : null}
    </Heading>
    <p class="hint">
      {card.category} · {card.method}
      {card.types.includes('logged-in-user') ? ' · Logged-in user possible' : ''}
    </p>
    <p>
      <VerdictWords verdict={card.verdict} words={card.words} />
      {card.isOffered || card.isRetired ? null : <span class="hint"> Latchkey cannot authorize this way.</span>}
      {card.isVerified || card.isSandbox ? null : <span class="hint"> Not verified.</span>}
    </p>
  </li>
);

const linksIn = (list: Props['list']): HTMLElement[] => [...(list.current?.querySelectorAll<HTMLElement>('li > :first-child > a') ?? [])];

/** Into the grid, at once: the next key may be on its way already. */
export const enterGrid = (list: Props['list']): void => linksIn(list)[0]?.focus();

/** The card takes the focus where it stands; the page does not move. */
export const focusCard = (list: Props['list'], at: number): void => linksIn(list)[at]?.focus({ preventScroll: true });

/** How many cards stand in the first row. */
const columnsOf = (links: readonly HTMLElement[]): number => {
  const tops = links.map((link) => link.closest('li')?.offsetTop ?? 0);
  const second = tops.findIndex((top) => top !== tops[0]);
  return second === -1 ? links.length : second;
};

const STEPS: Readonly<Record<string, (at: number, columns: number, last: number) => number>> = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at, columns) => at + columns,
  ArrowUp: (at, columns) => at - columns,
  Home: () => 0,
  End: (_at, _columns, last) => last,
};

const isTyping = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  key.length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey;

/** Cards as one tab stop: arrows move in the grid, Enter opens, typing goes to the search. */
export const CatalogueGrid = ({ list, cards, hrefOf, labelOf, heading, focusAt, onFocused, onOpen, onLeave }: Props) => {
  const [stop, setStop] = useState(0);
  const links = (): HTMLElement[] => linksIn(list);
  const focus = (at: number): void => {
    setStop(at);
    links()[at]?.focus();
  };
  useEffect(() => {
    if (focusAt === null || focusAt >= cards.length) return;
    focus(focusAt);
    onFocused();
  }, [focusAt, cards.length]);
  /** The card that has the focus. A later answer may put it elsewhere in the list, and a moved element loses the focus. */
  const held = useRef<string | null>(null);
  useLayoutEffect(() => {
    if (held.current === null || document.activeElement !== document.body) return;
    const at = cards.findIndex(({ id }) => id === held.current);
    focus(Math.max(at, 0));
  }, [cards]);
  const letGo = (): void =>
    queueMicrotask(() => {
      if (list.current?.contains(document.activeElement) !== true) held.current = null;
    });
  const move = (event: KeyboardEvent): void => {
    const all = links();
    const at = all.findIndex((link) => link.matches(':focus'));
    const step = STEPS[event.key];
    if (at === -1) return;
    if (step === undefined) {
      if (isTyping(event)) onLeave();
      return;
    }
    event.preventDefault();
    const next = step(at, columnsOf(all), all.length - 1);
    if (next < 0 && event.key === 'ArrowUp') onLeave();
    else if (next >= 0 && next < all.length) focus(next);
  };
  const follow = ({ target }: FocusEvent): void => {
    const at = links().findIndex((link) => link.contains(target instanceof Node ? target : null));
    held.current = cards[at]?.id ?? null;
    setStop(Math.max(at, 0));
  };
  const open = ({ target }: MouseEvent): void => {
    const card = cards[links().findIndex((link) => link.contains(target instanceof Node ? target : null))];
    if (card !== undefined) onOpen(card);
  };
  return (
    <ul ref={list} class="cards" aria-label="Connectors" onKeyDown={move} onFocusIn={follow} onFocusOut={letGo} onClick={open}>
      {cards.map((card, at) => (
        <Card
          key={card.id}
          card={card}
          heading={heading}
          href={hrefOf(card)}
          label={labelOf(card)}
          isStop={at === Math.min(stop, cards.length - 1)}
        />
      ))}
    </ul>
  );
};
