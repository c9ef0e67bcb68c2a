/** An address outside, in full, so that one sees where it leads. */
export const OutLink = ({ href }: { readonly href: string }) => (
  <a class="out" href={href} target="_blank" rel="noopener noreferrer" translate={false} dir="ltr">
    {href}
  </a>
);
