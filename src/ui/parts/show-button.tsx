type Props = { readonly label: string; readonly isShown: boolean; readonly onToggle: () => void };

/** Beside a control that hides what is typed: shows it, and hides it again. */
export const ShowButton = ({ label, isShown, onToggle }: Props) => (
  <button type="button" class="button small" aria-pressed={isShown} aria-label={`Show ${label}`} onClick={onToggle}>
    {isShown ? 'Hide' : 'Show'}
  </button>
);
